import {Component, onWillUnmount, useEnv} from "@odoo/owl";
import {AddressInput} from "./address_input";
import {FormViewDialog} from "@web/views/view_dialogs/form_view_dialog";
import {Mutex} from "@web/core/utils/concurrency";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useBus, useService} from "@web/core/utils/hooks";

const SHOWN = 8; // People offered while somebody types
const COMPLETE = /@[^@\s]+\.[^@\s]{2,}/;
const BETWEEN = "; "; // Never part of a name, as a comma may be

/**
 * Whom a mail goes to: contacts and typed addresses, side by side.
 *
 * Contacts are the field itself, typed addresses a text beside it (option `typed`). How
 * that text is read, and which address is a contact's, the server says (option `read`).
 */
export class RecipientsField extends Component {
    static template = "document_flow.RecipientsField";
    static components = {AddressInput};
    static props = {
        ...standardFieldProps,
        context: {type: Object, optional: true},
        placeholder: {type: String, optional: true},
        typed: String,
        read: String,
    };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.mutex = new Mutex();
        this.pending = []; // What was typed and the server is still reading
        this.sources = [{options: (request) => this.offer(request)}];
        useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", ({detail}) =>
            detail.proms.push(this.take()),
        );
        // What is in the field and no chip yet, for the draft of the letter
        const {letter} = useEnv();
        if (letter) {
            letter.readers[this.props.name] = () =>
                [...this.pending, this.input?.text].filter(Boolean).join(BETWEEN);
            onWillUnmount(() => delete letter.readers[this.props.name]);
        }
    }

    get contacts() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return this.props.record.data[this.props.typed] || "";
    }

    get chips() {
        return [
            ...this.contacts.records.map((record) => this.chipOfContact(record)),
            ...(this.props.record.data[this.props.read] || []).map((found, index) =>
                this.chipOfText(found, index),
            ),
        ];
    }

    get problems() {
        return this.chips.map((chip) => chip.problem).filter(Boolean);
    }

    chipOfContact(record) {
        const {name, display_name, email, recipient_kind, recipient_hint} = record.data;
        const said = name || display_name || email;
        return {
            id: record.id,
            name: recipient_kind ? `${said} · ${recipient_kind}` : said,
            address: email,
            title: recipient_hint,
            problem: email ? "" : _t("%s has no e-mail address.", said),
            edit: () => this.openContact({resId: record.resId}),
            remove: () => this.contacts.forget(record),
        };
    }

    chipOfText({text, name, address, problem}, index) {
        return {
            id: `typed_${index}`,
            name: problem ? text : name,
            address,
            problem,
            edit: () => this.editText(text),
            remove: () => this.removeText(text),
        };
    }

    removeLabel({name, address}) {
        return _t("Remove %s", name || address);
    }

    /** What the list under the field offers, best first: it is taken with Enter. */
    async offer(request) {
        const people = await this.orm.call("res.partner", "web_name_search", [], {
            name: request,
            operator: "ilike",
            domain: [["id", "not in", this.contacts.resIds]],
            limit: SHOWN,
            context: this.props.context,
            specification: {display_name: {}},
        });
        const options = people.map(({id, display_name}) => ({
            label: display_name,
            onSelect: () => this.addContact(id),
        }));
        const typed = {label: request, onSelect: () => this.add(request)};
        if (COMPLETE.test(request)) {
            options.unshift(typed);
        }
        return [...options, this.newContact(request)];
    }

    newContact(request) {
        const [, name, email] = request.match(/^(.*?)[<\s]*(\S+@[^\s>]+)?>?$/);
        const context = {default_name: name || email, default_email: email};
        return {
            label: _t("New contact…"),
            cssClass: "o_document_new_contact",
            data: {creates: true},
            onSelect: () => this.openContact({context}),
        };
    }

    openContact({resId, context}) {
        this.dialog.add(FormViewDialog, {
            resModel: "res.partner",
            resId,
            context: {...this.props.context, ...context},
            title: resId ? _t("Contact") : _t("New Contact"),
            onRecordSaved: (record) =>
                resId
                    ? this.contacts.records.find((r) => r.resId === resId)?.load()
                    : this.addContact(record.resId),
        });
    }

    async addContact(id) {
        this.input.empty();
        await this.contacts.addAndRemove({add: [id]});
    }

    removeLast() {
        this.chips.at(-1)?.remove();
    }

    /** Makes what stands in the field one chip for each address. */
    take() {
        return this.add(this.input?.text);
    }

    async add(text) {
        this.input?.empty();
        if (!text) {
            await this.mutex.getUnlockedDef(); // What was taken away just now counts
            return;
        }
        this.pending.push(text);
        try {
            await this.mutex.exec(() => this.write([this.text, text]));
        } catch (error) {
            this.input?.fill(text);
            throw error;
        } finally {
            this.pending.splice(this.pending.indexOf(text), 1);
        }
    }

    write(texts) {
        const text = texts.filter(Boolean).join(BETWEEN);
        return this.props.record.update({[this.props.typed]: text || false});
    }

    /** In its turn: else what is added meanwhile would bring it back. */
    removeText(text) {
        return this.mutex.exec(() => {
            const read = this.props.record.data[this.props.read] || [];
            const texts = read.map((found) => found.text);
            const index = texts.indexOf(text);
            return this.write(texts.filter((_, i) => i !== index));
        });
    }

    async editText(text) {
        await this.removeText(text);
        this.input.edit(text);
    }
}

registry.category("fields").add("document_recipients", {
    component: RecipientsField,
    supportedTypes: ["many2many"],
    relatedFields: [
        {name: "display_name", type: "char"},
        {name: "name", type: "char"},
        {name: "email", type: "char"},
        {name: "recipient_kind", type: "char"},
        {name: "recipient_hint", type: "char"},
    ],
    fieldDependencies: ({options}) => [
        {name: options.typed, type: "char", readonly: false},
        {name: options.read, type: "json"},
    ],
    extractProps: ({options, placeholder}, {context}) => ({
        context,
        placeholder,
        typed: options.typed,
        read: options.read,
    }),
});
