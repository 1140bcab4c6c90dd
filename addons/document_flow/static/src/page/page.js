/**
 * The customer's page works without this. With it, we learn that a person, not a
 * program, has looked; numbers can be copied; a form leaves once, and what was typed in
 * the others is still there when the page comes back.
 */
(() => {
    "use strict";

    const HUMAN = ["pointerdown", "keydown", "wheel", "touchmove"];
    const TYPED = "typed"; // in this tab alone, until the next page has read it

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

    /** What somebody fills in; a drawing is in a hidden field that says so. */
    function boxesOf(form) {
        return [...form.elements].filter((box) => {
            if (!box.name || box.autocomplete === "one-time-code") {
                return false;
            }
            if (box.type === "hidden") {
                return box.hasAttribute("data-keeps");
            }
            return !["file", "submit", "button"].includes(box.type);
        });
    }

    /** Whether it holds what somebody typed, here or on the page that was refused. */
    function isTyped(box) {
        if (box.form.hasAttribute("data-typed") || box.type === "hidden") {
            return true;
        }
        if (box.options) {
            const choices = [...box.options];
            const usual = choices.find((each) => each.defaultSelected) || choices[0];
            return !usual.selected;
        }
        return box.value !== box.defaultValue || box.checked !== box.defaultChecked;
    }

    /**
     * Only of forms that say so, which are named by what they are for: no address of
     * the page, and nothing at all for the pages of somebody else.
     */
    function keepOthers(sent) {
        sessionStorage.removeItem(TYPED);
        if (sent.hasAttribute("data-leaves")) {
            return;
        }
        const boxes = [];
        for (const form of document.querySelectorAll("form[data-keeps]")) {
            for (const box of form === sent ? [] : boxesOf(form).filter(isTyped)) {
                const {name, value, checked} = box;
                boxes.push({form: form.dataset.keeps, name, value, checked});
            }
        }
        const kept = {page: document.body.dataset.page, boxes};
        sessionStorage.setItem(TYPED, JSON.stringify(kept));
    }

    function putBack() {
        const kept = JSON.parse(sessionStorage.getItem(TYPED) || "{}");
        sessionStorage.removeItem(TYPED);
        if (!kept.boxes || kept.page !== document.body.dataset.page) {
            return;
        }
        for (const form of document.querySelectorAll("form[data-keeps]")) {
            for (const box of boxesOf(form)) {
                const ticked = ["checkbox", "radio"].includes(box.type);
                const typed = kept.boxes.find(
                    (each) =>
                        each.form === form.dataset.keeps &&
                        each.name === box.name &&
                        (!ticked || each.value === box.value),
                );
                if (!typed) {
                    continue;
                }
                box.value = typed.value;
                box.checked = typed.checked;
                const folded = box.closest("details");
                if (folded && (ticked ? typed.checked : typed.value)) {
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

    /** Before the whole file travels. */
    function checkSize(box) {
        const largest = Number(box.dataset.largest);
        const isTooLarge = [...box.files].some((file) => file.size > largest);
        box.setCustomValidity(isTooLarge ? box.dataset.tooLarge : "");
        box.reportValidity();
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
        for (const box of document.querySelectorAll("input[data-largest]")) {
            box.addEventListener("change", () => checkSize(box));
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
