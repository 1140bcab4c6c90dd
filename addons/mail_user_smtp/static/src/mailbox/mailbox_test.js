import {Component, useState} from "@odoo/owl";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

const ACCOUNT = "smtp_"; // Fields of the account begin with it

/**
 * The buttons of the mailbox. Buttons of a form save it first; these test what is typed,
 * and the server keeps it only if it works. The widget stays while the record is read
 * again, for a moment without a provider: its answer would be gone with it.
 */
export class MailboxTest extends Component {
    static template = "mail_user_smtp.MailboxTest";
    static props = {...standardWidgetProps};

    setup() {
        this.dialog = useService("dialog");
        this.mailbox = useService("mailbox");
        this.orm = useService("orm");
        this.state = useState({isBusy: false, answer: null});
    }

    get record() {
        return this.props.record;
    }

    get isSetUp() {
        return !["none", false].includes(this.record.data.smtp_state);
    }

    get kind() {
        const {works} = this.state.answer;
        return works ? "success" : works === null ? "warning" : "danger";
    }

    test(mail) {
        return this.work(async () => {
            const changes = await this.record.getChanges();
            const typed = Object.fromEntries(
                Object.entries(changes).filter(([name]) => name.startsWith(ACCOUNT)),
            );
            const answer = await this.call("try_smtp", typed, mail);
            if (answer.works || !Object.keys(typed).length) {
                await this.readAgain();
            }
            // The form says itself why a saved account does not work
            const isShown =
                this.record.data.smtp_state === "error" && answer.works === false;
            this.state.answer = isShown && !Object.keys(typed).length ? null : answer;
        });
    }

    clear() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Remove my mailbox"),
            body: _t("Your mail account and its password will be forgotten. Go on?"),
            confirmLabel: _t("Remove my mailbox"),
            confirm: () =>
                this.work(async () => {
                    await this.call("action_clear_smtp");
                    await this.readAgain();
                }),
            cancel: () => undefined,
        });
    }

    async work(job) {
        Object.assign(this.state, {isBusy: true, answer: null});
        try {
            await job();
        } finally {
            this.state.isBusy = false;
        }
        await this.mailbox.look();
    }

    call(method, ...args) {
        return this.orm.call("res.users", method, [[this.record.resId], ...args]);
    }

    /** The account as it is saved now; what else was changed in the form stays. */
    async readAgain() {
        const {record} = this;
        const others = Object.keys(await record.getChanges()).filter(
            (name) => !name.startsWith(ACCOUNT),
        );
        const kept = Object.fromEntries(
            others.map((name) => [name, record.data[name]]),
        );
        await record.discard();
        await record.load();
        if (others.length) {
            await record.update(kept);
        }
    }
}

registry.category("view_widgets").add("mailbox_test", {
    component: MailboxTest,
    fieldDependencies: [
        {name: "smtp_preset", type: "selection"},
        {name: "smtp_state", type: "selection"},
    ],
});
