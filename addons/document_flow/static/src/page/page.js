/**
 * The customer's page works without this. With it, we learn that a person, not a
 * program, has looked; numbers can be copied; a form leaves once.
 */
(() => {
    "use strict";

    const HUMAN = ["pointerdown", "keydown", "wheel", "touchmove"];

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
            });
        }
        // coming back with the browser's own button, a form can be sent again
        addEventListener("pageshow", () => {
            for (const form of document.querySelectorAll("form")) {
                delete form.dataset.sent;
            }
        });
    }

    start();
})();
