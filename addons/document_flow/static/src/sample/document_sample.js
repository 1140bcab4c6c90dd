import {
    Component,
    onMounted,
    onWillStart,
    onWillUnmount,
    useRef,
    useState,
} from "@odoo/owl";
import {useBus, useService} from "@web/core/utils/hooks";
import {_t} from "@web/core/l10n/translation";
import {loadPDFJSAssets} from "@web/core/utils/pdfjs";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useDebounced} from "@web/core/utils/timing";

const PAUSE = 500; // Milliseconds without a key after which the sample follows
const TYPED = new Set(["char", "text"]);

/** What the documents of this entity look like, with what stands in the form now. */
export class DocumentSample extends Component {
    static template = "document_flow.DocumentSample";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        this.pages = useRef("pages");
        this.state = useState({
            kinds: [],
            langs: [],
            kind: "",
            lang: "",
            error: "",
            url: "",
        });
        this.changes = {};
        this.isStale = true;
        this.shown = "";
        this.later = useDebounced(() => this.refresh(), PAUSE);
        useBus(this.props.record.model.bus, "update", () => {
            this.isStale = true;
            this.later();
        });
        onWillStart(async () => {
            const known = await this.orm.call("res.company", "sample_kinds", []);
            Object.assign(this.state, known, {kind: known.kinds[0]?.[0] || ""});
        });
        onMounted(() => {
            this.form = this.root.el.closest(".o_form_view");
            this.form.addEventListener("input", this.later);
            this.refresh();
        });
        onWillUnmount(() => {
            this.form.removeEventListener("input", this.later);
            URL.revokeObjectURL(this.state.url);
        });
    }

    get label() {
        const found = this.state.kinds.find(([kind]) => kind === this.state.kind);
        return _t("Sample: %s", found ? found[1] : "");
    }

    choose(choice) {
        Object.assign(this.state, choice);
        this.refresh();
    }

    /** What is being typed; handing it over now would take blanks from under the cursor. */
    get typed() {
        const input = document.activeElement;
        const field = input?.closest?.(".o_field_widget[name]");
        const isOwn = field && this.form.contains(field) && "value" in input;
        if (!isOwn || field.closest(".o_field_x2many")) {
            return {};
        }
        const name = field.getAttribute("name");
        const type = this.props.record.fields[name]?.type;
        return TYPED.has(type) ? {[name]: input.value} : {};
    }

    async refresh() {
        const record = this.props.record;
        if (this.isStale) {
            this.isStale = false;
            this.changes = await record.getChanges();
        }
        const values = {...this.changes, ...this.typed};
        const asked = JSON.stringify([this.state.kind, this.state.lang, values]);
        if (!this.state.kind || asked === this.shown) {
            return;
        }
        this.shown = asked;
        const {kind, lang} = this.state;
        const ids = record.resId ? [record.resId] : [];
        try {
            const call = [ids, kind, values];
            const answer = await this.orm.silent.call(
                "res.company",
                "sample_document",
                call,
                {lang},
            );
            if (asked === this.shown) {
                await this.show(answer.pdf);
                this.state.error = "";
            }
        } catch (error) {
            if (asked === this.shown) {
                this.state.error = error.data?.message || error.message;
            }
        }
    }

    async show(pdf) {
        const bytes = Uint8Array.from(atob(pdf), (letter) => letter.charCodeAt(0));
        const file = new Blob([bytes], {type: "application/pdf"});
        await loadPDFJSAssets();
        const drawn = await globalThis.pdfjsLib.getDocument({data: bytes}).promise;
        const canvas = await this.draw(await drawn.getPage(1));
        if (!this.pages.el) {
            return;
        }
        this.pages.el.replaceChildren(canvas);
        URL.revokeObjectURL(this.state.url);
        this.state.url = URL.createObjectURL(file);
    }

    /** A page as a picture that is sharp on every screen. */
    async draw(page) {
        const {width} = page.getViewport({scale: 1});
        const wanted = this.pages.el.clientWidth * (window.devicePixelRatio || 1);
        const viewport = page.getViewport({scale: wanted / width});
        const canvas = document.createElement("canvas");
        canvas.width = viewport.width;
        canvas.height = viewport.height;
        canvas.className = "w-100 d-block";
        const canvasContext = canvas.getContext("2d");
        await page.render({canvasContext, viewport}).promise;
        return canvas;
    }
}

export const documentSample = {component: DocumentSample};
registry.category("view_widgets").add("document_sample", documentSample);
