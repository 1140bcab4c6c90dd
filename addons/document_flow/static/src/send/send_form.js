import {Component, markup, onMounted, status, useState, useSubEnv} from "@odoo/owl";
import {FormController} from "@web/views/form/form_controller";
import {UnsentDialog} from "./unsent_dialog";
import {drafts} from "./drafts";
import {formView} from "@web/views/form/form_view";
import {isMacOS} from "@web/core/browser/feature_detection";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useBus} from "@web/core/utils/hooks";
import {user} from "@web/core/user";
import {useDebounced} from "@web/core/utils/timing";
import {x2ManyCommands} from "@web/core/orm_service";

const PAUSE = 300; // Milliseconds without typing before the draft is kept
const NEVER = new Promise(() => {});

/**
 * The Send wizard. What somebody changed in it is a draft in the browser until it is sent;
 * closing the dialog asks, and the next time the draft is offered.
 */
export class DocumentSendController extends FormController {
    setup() {
        super.setup();
        // Fields put a function into `readers` that tells what they have not committed
        this.letter = useState({
            offered: null,
            readers: {},
            restore: () => this.restore(),
            drop: () => this.drop(),
        });
        useSubEnv({letter: this.letter});
        this.keepSoon = useDebounced(() => this.keep(), PAUSE);
        useBus(this.model.bus, "FIELD_IS_DIRTY", () => this.keepSoon());
        useBus(this.env.bus, "MAILBOX:CHANGED", () => this.readAgain());
        onMounted(() => this.onOpened());
        if (this.env.dialogData) {
            // The dialog closes once this is done: whoever stays leaves it open
            this.env.dialogData.dismiss = async () =>
                (await this.mayClose()) || (await NEVER);
        }
    }

    get modelParams() {
        const params = super.modelParams;
        params.hooks.onRecordChanged = () => this.keepSoon();
        return params;
    }

    /** What the draft is of: a document, or a reminder of it. */
    get about() {
        const {document, mail_template} = this.model.root.data;
        return [document.resModel, document.resId, mail_template]
            .filter(Boolean)
            .join();
    }

    get isEdited() {
        return drafts.read(this.about)?.wizard === this.model.root.resId;
    }

    onOpened() {
        this.opened = this.written();
        const draft = drafts.read(this.about);
        if (this.isEdited) {
            // It came back because somebody was refused: the others have their copy
            drafts.write(this.about, {...draft, ...this.opened});
        } else if (draft) {
            this.letter.offered = draft;
        }
    }

    /** The letter as it stands in the form now, committed or not. */
    written() {
        const {data} = this.model.root;
        const {readers} = this.letter;
        const subject = this.rootRef.el.querySelector("[name=subject] input");
        return {
            to: addresses(
                data.recipient_ids,
                data.other_recipients,
                readers.recipient_ids,
            ),
            cc: addresses(data.cc_ids, data.cc, readers.cc_ids),
            subject: subject?.value ?? (data.subject || ""),
            body: String(readers.body?.() ?? (data.body || "")),
        };
    }

    keep() {
        if (status(this) !== "mounted" || this.isDropped) {
            return; // What was said while it closed counts
        }
        const written = this.written();
        const isChanged = Object.keys(written).some(
            (name) => written[name] !== this.opened[name],
        );
        if (isChanged) {
            const {resId} = this.model.root;
            drafts.write(this.about, {...written, wizard: resId, when: Date.now()});
        }
    }

    async restore() {
        const {to, cc, subject, body} = this.letter.offered;
        const nobody = [x2ManyCommands.set([])];
        this.letter.offered = null;
        // The server finds the contacts among the addresses again
        await this.model.root.update({
            recipient_ids: nobody,
            other_recipients: to,
            cc_ids: nobody,
            cc,
            subject,
            body: markup(body),
        });
        this.keep();
    }

    drop() {
        this.letter.offered = null;
        if (!this.isEdited) {
            drafts.forget(this.about);
        }
    }

    /** @returns whether the dialog may close: at once when nothing was edited */
    async mayClose() {
        this.keep();
        if (!this.isEdited) {
            return true;
        }
        // On a phone the editor's tools lie over everything while one is in the text
        document.activeElement?.blur();
        document.getSelection().removeAllRanges();
        return new Promise((resolve) => {
            this.dialogService.add(
                UnsentDialog,
                {
                    keep: () => resolve(true),
                    drop: () => {
                        // what was typed last is still to be kept in a moment
                        this.isDropped = true;
                        drafts.forget(this.about);
                        resolve(true);
                    },
                },
                {onClose: () => resolve(false)},
            );
        });
    }

    async beforeExecuteActionButton(clickParams) {
        if (clickParams.special === "cancel") {
            return (await this.mayClose())
                ? super.beforeExecuteActionButton(clickParams)
                : false;
        }
        this.keep();
        return super.beforeExecuteActionButton(clickParams);
    }

    /**
     * The mailbox was set up elsewhere: who sends is another line now. The model reads
     * it, for of its readings the last one counts: one from before may still be coming.
     */
    async readAgain() {
        const {root} = this.model;
        if (!(await root.isDirty()) || (await root.save())) {
            await this.model.load();
        }
    }
}

function addresses(contacts, typed, pending) {
    const people = contacts.records
        .filter(({data}) => data.email)
        .map(
            ({data}) =>
                `"${(data.name || "").replace(/["\\]/g, "\\$&")}" <${data.email}>`,
        );
    return [...people, typed, pending?.()].filter(Boolean).join("; ");
}

/** Offers what was written before and not sent. */
export class DraftOffer extends Component {
    static template = "document_flow.DraftOffer";
    static props = ["*"];

    setup() {
        this.letter = useState(this.env.letter);
    }

    get text() {
        const shown = {dateStyle: "medium", timeStyle: "short"};
        const when = new Date(this.letter.offered.when).toLocaleString(
            user.lang,
            shown,
        );
        return _t("You wrote to this customer on %s, and did not send it.", when);
    }
}

/** Which keys send and close, for who has a keyboard. */
export class Shortcuts extends Component {
    static template = "document_flow.Shortcuts";
    static props = ["*"];

    get text() {
        return _t("%s + Q sends, Esc closes", isMacOS() ? "Control" : "Alt");
    }
}

registry.category("view_widgets").add("document_draft", {component: DraftOffer});
registry.category("view_widgets").add("document_shortcuts", {component: Shortcuts});
registry.category("views").add("document_send", {
    ...formView,
    Controller: DocumentSendController,
});
