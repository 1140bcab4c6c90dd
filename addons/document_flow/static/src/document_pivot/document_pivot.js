import {registry} from "@web/core/registry";
import {PivotRenderer} from "@web/views/pivot/pivot_renderer";
import {pivotView} from "@web/views/pivot/pivot_view";

/** A cell of several currencies stays empty; Odoo's offers what it converted. */
export class DocumentPivotRenderer extends PivotRenderer {
    getFormattedValue(cell) {
        if (cell.currencyIds?.length > 1) {
            return {value: ""};
        }
        return super.getFormattedValue(cell);
    }
}

registry.category("views").add("document_pivot", {
    ...pivotView,
    Renderer: DocumentPivotRenderer,
});
