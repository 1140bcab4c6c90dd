import {ListRenderer} from "@web/views/list/list_renderer";
import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";
import {registry} from "@web/core/registry";

const TITLE = "name";

/** Lines of a document: a section or a note takes the whole row. */
export class DocumentLinesRenderer extends ListRenderer {
    isText(record) {
        return Boolean(record.data.display_type);
    }

    getColumns(record) {
        const columns = super.getColumns(record);
        if (!this.isText(record)) {
            return columns;
        }
        const handles = columns.filter((column) => column.widget === "handle");
        const title = columns.find((column) => column.name === TITLE);
        const colspan = columns.length - handles.length;
        return [...handles, {...title, colspan}];
    }

    getRowClass(record) {
        const type = record.data.display_type;
        const own = type === "line_section" ? "fw-bold table-light" : "fst-italic";
        return `${super.getRowClass(record)} ${type ? own : ""}`;
    }

    // The column of a section is a copy with a colspan: the list knows the original.
    focusCell(column, forward = true) {
        const known = this.columns.find(({id}) => id === column.id);
        super.focusCell(known || column, forward);
    }
}

export class DocumentLinesField extends X2ManyField {
    static components = {
        ...X2ManyField.components,
        ListRenderer: DocumentLinesRenderer,
    };
}

registry.category("fields").add("bmasia_document_lines", {
    ...x2ManyField,
    component: DocumentLinesField,
    additionalClasses: [...(x2ManyField.additionalClasses || []), "o_field_one2many"],
});
