import {
    PdfViewerField,
    pdfViewerField,
} from "@web/views/fields/pdf_viewer/pdf_viewer_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** The PDF that goes along, with a name for who does not see it. */
export class PdfField extends PdfViewerField {
    static template = "document_flow.PdfField";

    get title() {
        return _t("Preview of the attached PDF");
    }
}

registry.category("fields").add("document_pdf", {
    ...pdfViewerField,
    component: PdfField,
});
