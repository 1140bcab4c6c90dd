/**
 * The customer's page works without this. With it, we learn that a person, not a
 * program, has looked; numbers can be copied; a form leaves once, and what was typed in
 * the others is still there when the page comes back.
 */
(() => {
    "use strict";

    const HUMAN = ["pointerdown", "keydown", "wheel", "touchmove"];
    const TYPED = "typed"; // in this tab alone, until the next page has read it
    const NOT_TYPED = ["hidden", "file", "submit", "button"];

    function noteSeen() {
        for (const kind of HUMAN) {
            removeEventListener(kind, noteSeen);
        }
        // a page that cannot say so is no worse to read
        fetch(document.body.dataset.seen, {method: "POST", keepalive: true}).catch(
            () => {},
        );
    }

    async function copy(button) {
        try {
            await navigator.clipboard.writeText(button.dataset.copy);
        } catch {
            // no clipboard here: the text beside the button can be selected
            return;
        }
        const label = button.textContent;
        button.textContent = button.dataset.copied;
        setTimeout(() => {
            button.textContent = label;
        }, 2000);
    }

    function boxesOf(form) {
        return [...form.elements].filter(
            (box) => box.name && !NOT_TYPED.includes(box.type),
        );
    }

    function keepOthers(sent) {
        const others = [...document.querySelectorAll("form")].filter((form) => form !== sent);
        const kept = others.flatMap((form) =>
            boxesOf(form).map(({name, value, checked}) => ({
                action: form.action,
                name,
                value,
                checked,
            })),
        );
        sessionStorage.setItem(TYPED, JSON.stringify(kept));
    }

    function putBack() {
        const kept = JSON.parse(sessionStorage.getItem(TYPED) || "[]");
        sessionStorage.removeItem(TYPED);
        for (const form of document.querySelectorAll("form")) {
            for (const box of boxesOf(form)) {
                const ticked = ["checkbox", "radio"].includes(box.type);
                const typed = kept.find(
                    (each) =>
                        each.action === form.action &&
                        each.name === box.name &&
                        (!ticked || each.value === box.value),
                );
                if (!typed || (typed.value === box.value && typed.checked === box.checked)) {
                    continue;
                }
                box.value = typed.value;
                box.checked = typed.checked;
                const folded = box.closest("details");
                if (folded) {
                    folded.open = true;
                }
            }
        }
    }

    /** Some browsers keep nothing for a page, and say so with an error. */
    function ifAllowed(keeping) {
        try {
            keeping();
        } catch (error) {
            if (!(error instanceof DOMException)) {
                throw error;
            }
        }
    }

    function start() {
        if (document.body.dataset.seen) {
            for (const kind of HUMAN) {
                addEventListener(kind, noteSeen, {passive: true});
            }
        }
        for (const button of document.querySelectorAll("button[data-copy]")) {
            button.hidden = !navigator.clipboard;
            button.addEventListener("click", () => copy(button));
        }
        for (const form of document.querySelectorAll("form")) {
            form.addEventListener("submit", (event) => {
                if (form.dataset.sent) {
                    event.preventDefault();
                }
                form.dataset.sent = "1";
                ifAllowed(() => keepOthers(form));
            });
        }
        ifAllowed(putBack);
        // coming back with the browser's own button, a form can be sent again
        addEventListener("pageshow", () => {
            for (const form of document.querySelectorAll("form")) {
                delete form.dataset.sent;
            }
        });
    }

    start();
})();
