/**
 * Draws a signature. Without this, a typed name signs as well.
 *
 * What is drawn travels in a hidden field of the form, as a PNG; a page that comes back
 * with an error has it there, and it is drawn again.
 */
(() => {
    "use strict";

    const INK = "#16213e";
    const WIDTH = 7; // dots, of 1200

    function pad(box) {
        const canvas = box.querySelector("canvas");
        const field = box.closest("form").elements.drawing;
        const context = canvas.getContext("2d");
        let last = null;

        function place(event) {
            const frame = canvas.getBoundingClientRect();
            return {
                x: ((event.clientX - frame.left) * canvas.width) / frame.width,
                y: ((event.clientY - frame.top) * canvas.height) / frame.height,
            };
        }

        function line(from, to) {
            context.strokeStyle = INK;
            context.lineWidth = WIDTH;
            context.lineCap = "round";
            context.lineJoin = "round";
            context.beginPath();
            context.moveTo(from.x, from.y);
            context.lineTo(to.x, to.y);
            context.stroke();
        }

        function keep() {
            if (last) {
                last = null;
                field.value = canvas.toDataURL("image/png");
            }
        }

        canvas.addEventListener("pointerdown", (event) => {
            canvas.setPointerCapture(event.pointerId);
            last = place(event);
            line(last, last);
        });
        canvas.addEventListener("pointermove", (event) => {
            if (last) {
                const next = place(event);
                line(last, next);
                last = next;
            }
        });
        canvas.addEventListener("pointerup", keep);
        canvas.addEventListener("pointercancel", keep);
        box.querySelector("button").addEventListener("click", () => {
            context.clearRect(0, 0, canvas.width, canvas.height);
            field.value = "";
        });
        show(canvas, context, field.value);
        box.hidden = false;
    }

    /** What was drawn before the page was loaded again, as large as there is room. */
    function show(canvas, context, address) {
        if (!address.startsWith("data:image/png;base64,")) {
            return;
        }
        const picture = new Image();
        picture.addEventListener("load", () => {
            const scale = Math.min(
                canvas.width / picture.width,
                canvas.height / picture.height,
                2,
            );
            context.globalCompositeOperation = "multiply";
            context.drawImage(
                picture,
                0,
                0,
                picture.width * scale,
                picture.height * scale,
            );
            context.globalCompositeOperation = "source-over";
        });
        picture.src = address;
    }

    /** Enter in a fold means the fold's button: the form's first one signs. */
    function followEnter(fold) {
        const button = fold.querySelector("button[formaction]");
        fold.addEventListener("keydown", (event) => {
            if (event.key === "Enter" && event.target.matches("input")) {
                event.preventDefault();
                button.click();
            }
        });
    }

    for (const box of document.querySelectorAll(".pad")) {
        pad(box);
    }
    for (const button of document.querySelectorAll("details button[formaction]")) {
        followEnter(button.closest("details"));
    }
})();
