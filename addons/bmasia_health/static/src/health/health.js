import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const COLOURS = {ok: "success", warn: "warning", fail: "danger"};

/** What the checks found: what fails first, then what is to be looked at. */
export class Health extends Component {
    static template = "bmasia_health.Health";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.display = {controlPanel: {}};
        this.state = useState({data: null, busy: false, token: ""});
        onWillStart(() => this.load());
    }

    async load(remote = false) {
        this.state.busy = true;
        try {
            this.state.data = await this.orm.call("bmasia.health", "get_findings", [], {
                remote,
            });
        } finally {
            this.state.busy = false;
        }
    }

    get findings() {
        const worst = ["fail", "warn", "ok"];
        return [...this.state.data.findings].sort(
            (a, b) => worst.indexOf(a.state) - worst.indexOf(b.state),
        );
    }

    get summary() {
        return {
            ok: _t("All is well."),
            warn: _t("It works; something is to be looked at."),
            fail: _t("Something fails."),
        }[this.state.data.state];
    }

    colour(state) {
        return COLOURS[state];
    }

    word(state) {
        return {ok: _t("OK"), warn: _t("Warning"), fail: _t("Fails")}[state];
    }

    askForToken() {
        if (!this.state.data.has_token) {
            return this.makeToken();
        }
        return this.dialog.add(ConfirmationDialog, {
            title: _t("Make a new token?"),
            body: _t("Programs that use the present one are refused from then on."),
            confirmLabel: _t("Make a new token"),
            confirm: () => this.makeToken(),
            cancel: () => {},
        });
    }

    async makeToken() {
        this.state.token = await this.orm.call("bmasia.health", "make_token", []);
        this.state.data.has_token = true;
    }
}

registry.category("actions").add("bmasia_health", Health);
Health.displayName = _t("System Health");
