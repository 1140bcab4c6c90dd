import {RedirectWarningDialog} from "@web/core/errors/error_dialogs";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/** Nothing was sent, and the way to change that. */
export class NoMailboxDialog extends RedirectWarningDialog {
    setup() {
        super.setup();
        const {action, button} = this.props.data.context;
        this.actionId = action;
        this.buttonText = button;
        this.title = _t("Nothing was sent");
    }
}

registry
    .category("error_dialogs")
    .add(
        "odoo.addons.mail_user_smtp.models.res_users_sender.NoMailbox",
        NoMailboxDialog,
    );
