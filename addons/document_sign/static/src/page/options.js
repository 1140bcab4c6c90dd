/**
 * Keeps the total in step with the options that are ticked; the server reckons it.
 * Without this, a button asks for it.
 */
(() => {
    "use strict";

    function follow(button) {
        const form = button.form;
        const boxes = [...form.querySelectorAll("input[name^='option_']")];
        const totals = form.querySelectorAll("[data-shows-total]");
        let latest = 0;

        async function ask() {
            latest += 1;
            const turn = latest;
            const body = new URLSearchParams({bare: "1"});
            for (const box of boxes.filter((each) => each.checked)) {
                body.set(box.name, box.value);
            }
            try {
                const answer = await fetch(button.formAction, {method: "POST", body});
                if (!answer.ok || answer.redirected) {
                    throw new Error(answer.status);
                }
                const total = await answer.text();
                // an answer to an earlier choice comes too late
                if (turn === latest) {
                    for (const node of totals) {
                        node.textContent = total;
                    }
                    button.hidden = true;
                }
            } catch {
                button.hidden = false;
            }
        }

        button.hidden = true;
        for (const box of boxes) {
            box.addEventListener("change", ask);
        }
        // coming back, a browser ticks again what was ticked
        addEventListener("pageshow", () => {
            if (boxes.some((box) => box.checked !== box.defaultChecked)) {
                ask();
            }
        });
    }

    for (const button of document.querySelectorAll("[data-asks-total]")) {
        follow(button);
    }
})();
