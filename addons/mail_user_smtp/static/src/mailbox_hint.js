import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {session} from "@web/session";
import {user} from "@web/core/user";

const HINTS = {
    none: _t("Set it up once, and you send from your own address."),
    untested: _t("It has not been tested yet. Until then you cannot send from it."),
    error: _t("It does not work at the moment. Open it to see why."),
};

/** After log-in, whoever cannot send yet is led to their mailbox, until they say no. */
export const mailboxHint = {
    dependencies: ["action", "notification", "orm"],
    start(env, {action, notification, orm}) {
        const message = HINTS[session.mailbox_state];
        const key = `mailbox_hint.${user.userId}.${session.mailbox_state}`;
        if (!message || browser.localStorage.getItem(key)) {
            return;
        }
        let opened = false;
        const open = async () => {
            opened = true;
            close();
            action.doAction(
                await orm.call("res.users", "action_open_mail_account", [[]]),
            );
        };
        const close = notification.add(message, {
            title: _t("Your mailbox"),
            type: session.mailbox_state === "error" ? "warning" : "info",
            sticky: true,
            className: "o_mailbox_hint",
            buttons: [{name: _t("Open my mailbox"), primary: true, onClick: open}],
            onClose: () => opened || browser.localStorage.setItem(key, "seen"),
        });
    },
};

registry.category("services").add("mailbox_hint", mailboxHint);
