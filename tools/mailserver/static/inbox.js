// The inbox page. Everything from a mail is set as text, never as markup; the mail's own
// HTML is shown by the browser in a sandboxed frame with a policy of its own.

const POLL = 2000; // milliseconds
const NO_SUBJECT = "(no subject)";
const byId = (id) => document.getElementById(id);
let shown = "";
let listed = "";

function element(tag, className, text) {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = text;
    return node;
}

function person(address) {
    return address.Name ? `${address.Name} <${address.Address}>` : address.Address;
}

function people(addresses) {
    return (addresses || []).map(person).join(", ");
}

function when(created) {
    const date = new Date(created);
    const isToday = date.toDateString() === new Date().toDateString();
    return isToday
        ? date.toLocaleTimeString([], {timeStyle: "short"})
        : date.toLocaleString([], {dateStyle: "medium", timeStyle: "short"});
}

function row(message) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.id = message.ID;
    button.setAttribute("aria-current", String(message.ID === shown));
    const count = message.Attachments;
    const files = count ? `${count} ${count === 1 ? "file" : "files"} · ` : "";
    button.append(
        element("span", "from", message.From.Name || message.From.Address),
        element("span", "time", files + when(message.Created)),
        element("span", "subject", message.Subject || NO_SUBJECT),
        element("span", "to", `to ${message.Envelope.To.join(", ")}`),
        element("span", "snippet", message.Snippet),
        element("span", "login", `sent through ${message.Username}`),
    );
    button.addEventListener("click", () => {
        location.hash = message.ID;
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
}

async function refresh() {
    const answer = await fetch("/api/v1/messages?limit=200");
    const {messages} = await answer.json();
    const ids = messages.map((message) => message.ID).join();
    if (ids !== listed) {
        listed = ids;
        byId("list").replaceChildren(...messages.map(row));
        byId("empty").hidden = messages.length > 0;
    }
    mark();
}

function mark() {
    for (const button of byId("list").querySelectorAll("button")) {
        button.setAttribute("aria-current", String(button.dataset.id === shown));
    }
}

function facts(message) {
    const rows = [
        ["From", person(message.From)],
        ["Reply-To", people(message.ReplyTo)],
        ["To", people(message.To)],
        ["Cc", people(message.Cc)],
        ["Login", `${message.Username} (AUTH)`, "login"],
        ["Envelope", `${message.Envelope.From} → ${message.Envelope.To.join(", ")}`],
        ["Date", message.Date],
    ];
    return rows
        .filter(([, value]) => value)
        .flatMap(([name, value, className]) => [
            element("dt", "", name),
            element("dd", className || "", value),
        ]);
}

function attachment(message, part) {
    const link = element(
        "a",
        "",
        `${part.FileName} · ${Math.ceil(part.Size / 1024)} kB`,
    );
    link.href = `/api/v1/message/${message.ID}/part/${part.PartID}`;
    link.download = part.FileName;
    const item = document.createElement("li");
    item.append(link);
    return item;
}

function view(name) {
    for (const tab of document.querySelectorAll("[role=tab]")) {
        tab.setAttribute("aria-selected", String(tab.dataset.view === name));
        byId(tab.dataset.view).hidden = tab.dataset.view !== name;
    }
}

async function open() {
    shown = location.hash.slice(1);
    document.body.classList.toggle("reading", shown !== "");
    byId("message").hidden = shown === "";
    mark();
    if (!shown) {
        return;
    }
    const url = `/api/v1/message/${encodeURIComponent(shown)}`;
    const [answer, headers] = await Promise.all([fetch(url), fetch(`${url}/headers`)]);
    if (!answer.ok) {
        location.hash = "";
        return;
    }
    const message = await answer.json();
    byId("subject").textContent = message.Subject || NO_SUBJECT;
    byId("facts").replaceChildren(...facts(message));
    byId("attachments").replaceChildren(
        ...message.Attachments.map((part) => attachment(message, part)),
    );
    byId("html").src = `${url}/html`;
    byId("text").textContent = message.Text;
    byId("headers").textContent = Object.entries(await headers.json())
        .flatMap(([name, values]) => values.map((value) => `${name}: ${value}`))
        .join("\n");
    view(message.HTML ? "html" : "text");
}

byId("back").addEventListener("click", () => {
    location.hash = "";
});
byId("clear").addEventListener("click", async () => {
    await fetch("/api/v1/messages", {
        method: "DELETE",
        headers: {"Content-Type": "application/json"},
        body: "{}",
    });
    location.hash = "";
    await refresh();
});
for (const tab of document.querySelectorAll("[role=tab]")) {
    tab.addEventListener("click", () => view(tab.dataset.view));
}
window.addEventListener("hashchange", open);
refresh().then(open);
setInterval(refresh, POLL);
