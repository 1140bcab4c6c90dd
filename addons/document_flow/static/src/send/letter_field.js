import {onWillUnmount, useEnv} from "@odoo/owl";
import {HtmlField, htmlField} from "@html_editor/fields/html_field";
import {TabulationPlugin} from "@html_editor/main/tabulation_plugin";
import {registry} from "@web/core/registry";

/** Tab moves on to the next field, as everywhere in a form. */
class NoTabulationPlugin extends TabulationPlugin {
    resources = {...this.resources, shortcuts: []};
}

/** The text of a mail; its form reads it while it is being typed. */
export class LetterField extends HtmlField {
    setup() {
        super.setup();
        this.edits = 0;
        const {letter} = useEnv();
        if (letter) {
            letter.readers[this.props.name] = () => this.typed;
            onWillUnmount(() => delete letter.readers[this.props.name]);
        }
    }

    onChange() {
        super.onChange();
        this.edits += 1;
    }

    /**
     * The text counts as typed until the server has taken it: where it refuses, or the
     * session has ended, core would put back what was there before.
     */
    async updateValue(value) {
        const {edits} = this;
        const {name, record} = this.props;
        const updated = super.updateValue(value);
        this.isDirty = true;
        await updated;
        if (this.edits === edits && String(record.data[name]) === value) {
            this.isDirty = false;
            record.model.bus.trigger("FIELD_IS_DIRTY", false);
        }
    }

    get typed() {
        return this.isDirty && this.editor?.editable
            ? this.editor.getContent()
            : undefined;
    }

    getConfig() {
        const config = super.getConfig();
        const plugins = config.Plugins.map((Plugin) =>
            Plugin === TabulationPlugin ? NoTabulationPlugin : Plugin,
        );
        return {...config, Plugins: plugins};
    }
}

registry.category("fields").add("document_letter", {
    ...htmlField,
    component: LetterField,
});
