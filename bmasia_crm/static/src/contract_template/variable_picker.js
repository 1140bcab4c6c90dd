import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

/** The variables of a clause: a click writes one where the cursor is. */
export class VariablePicker extends Component {
    static template = "bmasia_crm.VariablePicker";
    static props = {...standardWidgetProps};

    setup() {
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.state = useState({variables: [], wanted: ""});
        onWillStart(async () => {
            const parent = this.props.record.evalContext.parent || {};
            this.state.variables = await this.orm.call(
                "bmasia.contract.template",
                "variables",
                [],
                {contract_id: parent.preview_contract_id || false},
            );
        });
    }

    get shown() {
        const wanted = this.state.wanted.trim().toLowerCase();
        return this.state.variables.filter((variable) =>
            `${variable.name} ${variable.label}`.toLowerCase().includes(wanted),
        );
    }

    /** Have the fields hand over what is typed, as saving does: the preview follows. */
    commit() {
        this.props.record.model.bus.trigger("NEED_LOCAL_CHANGES", {proms: []});
    }

    /** Before the button takes the focus, the cursor is still in the text. */
    insert(variable) {
        const text = `{{${variable.name}}}`;
        const place = document.activeElement;
        const writable =
            place && (place.isContentEditable || place.matches(".o_field_char input"));
        // The one command that editors take for typing, with their undo
        if (writable && document.execCommand("insertText", false, text)) {
            this.commit();
            return;
        }
        navigator.clipboard.writeText(text);
        this.notification.add(_t("%s is copied: paste it into the text.", text), {
            type: "info",
        });
    }
}

export const variablePicker = {component: VariablePicker};
registry.category("view_widgets").add("bmasia_variable_picker", variablePicker);
