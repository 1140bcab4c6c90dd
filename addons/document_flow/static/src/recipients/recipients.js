import {registry} from "@web/core/registry";
import {
    FieldMany2ManyTagsEmail,
    fieldMany2ManyTagsEmail,
} from "@mail/views/web/fields/many2many_tags_email/many2many_tags_email";

/**
 * Chips that say what kind of contact each one is; a pointer on a chip shows what that
 * contact receives.
 */
export class DocumentRecipients extends FieldMany2ManyTagsEmail {
    get tags() {
        const hints = Object.fromEntries(
            this.props.record.data[this.props.name].records.map((record) => [
                record.resId,
                record.data.recipient_hint,
            ]),
        );
        return super.tags.map((tag) => ({
            ...tag,
            title: [tag.email, hints[tag.resId]].filter(Boolean).join(" · "),
        }));
    }

    getTagProps(record) {
        const props = super.getTagProps(record);
        const kind = record.data.recipient_kind;
        return {...props, text: kind ? `${props.text} · ${kind}` : props.text};
    }
}

registry.category("fields").add("document_recipients", {
    ...fieldMany2ManyTagsEmail,
    component: DocumentRecipients,
    relatedFields: (fieldInfo) => [
        ...fieldMany2ManyTagsEmail.relatedFields(fieldInfo),
        {name: "recipient_kind", type: "char"},
        {name: "recipient_hint", type: "char"},
    ],
});
