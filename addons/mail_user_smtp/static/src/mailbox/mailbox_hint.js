import {Component, useState} from "@odoo/owl";
import {WebClient} from "@web/webclient/webclient";
import {_t} from "@web/core/l10n/translation";
import {useBus, useService} from "@web/core/utils/hooks";

const HINTS = {
    none: _t("Connect your email so quotes and invoices are sent from your address."),
    untested: _t("Your mailbox is not tested yet. Until then you cannot send from it."),
    error: _t("Your mailbox does not work at the moment. Open it to see why."),
};

/** A line of the page, until the mailbox works or somebody hides it. */
export class MailboxHint extends Component {
    static template = "mail_user_smtp.MailboxHint";
    static props = {};

    setup() {
        this.mailbox = useState(useService("mailbox"));
        this.action = useService("action");
        this.orm = useService("orm");
        this.page = useState({isThere: false});
        // the first page closes every dialog that was opened before it was there
        useBus(this.env.bus, "ACTION_MANAGER:UI-UPDATED", () => {
            this.page.isThere = true;
        });
    }

    get text() {
        return HINTS[this.mailbox.state];
    }

    async open() {
        const action = await this.orm.call("res.users", "action_open_mail_account", [
            [],
        ]);
        await this.action.doAction(action);
    }
}

WebClient.components = {...WebClient.components, MailboxHint};
