import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {registry} from "@web/core/registry";
import {RecordSelector} from "@web/core/record_selectors/record_selector";
import {KeepLast} from "@web/core/utils/concurrency";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const DAYS = ["date", "date_from", "date_to"];

/** A report: what is chosen above, rows that open what they are made of, files. */
export class Report extends Component {
    static template = "bmasia_crm.Report";
    static components = {Layout, RecordSelector};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.keepLast = new KeepLast();
        this.display = {controlPanel: {}};
        const {params = {}, context = {}} = this.props.action;
        this.key = params.report || context.report;
        const kept = this.props.state?.chosen;
        this.state = useState({
            chosen: kept || params.chosen || context.chosen || {},
            offset: 0,
            data: null,
        });
        useSetupAction({getLocalState: () => ({chosen: {...this.state.chosen}})});
        onWillStart(() => this.load());
    }

    async load() {
        const call = this.orm.call("bmasia.report", "show", [this.key], {
            chosen: this.state.chosen,
            offset: this.state.offset,
        });
        const data = await this.keepLast.add(call);
        this.state.data = data;
        this.state.chosen = data.chosen;
        this.env.config.setDisplayName(data.title);
    }

    get days() {
        return this.state.data.asks.filter(({name}) => DAYS.includes(name));
    }

    get month() {
        return this.state.data.asks.find(({name}) => name === "month");
    }

    get hasCustomer() {
        return this.state.data.asks.some(({name}) => name === "customer_id");
    }

    get hasUser() {
        return this.state.data.asks.some(({name}) => name === "user_id");
    }

    get last() {
        const {offset, page, count} = this.state.data;
        return Math.min(offset + page, count);
    }

    isFigure(index) {
        return ["money", "number"].includes(this.state.data.columns[index].kind);
    }

    /** Whether a column's cells have no line breaks, on a phone neither. */
    staysWhole(index) {
        return index === 0 || this.state.data.columns[index].kind !== "text";
    }

    choose(name, value) {
        this.state.chosen = {...this.state.chosen, [name]: value || false};
        this.state.offset = 0;
        return this.load();
    }

    chooseEntity(value) {
        return this.choose("company_id", Number(value));
    }

    chooseMonth(value) {
        return this.choose("month", value && `${value}-01`);
    }

    turn(pages) {
        this.state.offset = Math.max(
            this.state.offset + pages * this.state.data.page,
            0,
        );
        return this.load();
    }

    download(kind) {
        const asked = Object.entries(this.state.chosen).filter(([, value]) => value);
        const query = new URLSearchParams(asked);
        return this.action.doAction({
            type: "ir.actions.act_url",
            url: `/bmasia/reports/${this.key}.${kind}?${query}`,
            target: "download",
        });
    }

    press(button) {
        const act = async () => {
            const asked = [this.key, button.name, this.state.chosen];
            const action = await this.orm.call("bmasia.report", "press", asked);
            return action ? this.action.doAction(action) : this.load();
        };
        if (!button.confirm) {
            return act();
        }
        return this.dialog.add(ConfirmationDialog, {
            body: button.confirm,
            confirmLabel: button.label,
            confirm: act,
            cancel: () => undefined,
        });
    }

    open(row) {
        const target = row.open;
        if (!target) {
            return undefined;
        }
        if (target.report) {
            return this.action.doAction({
                type: "ir.actions.client",
                tag: "bmasia_report",
                params: {report: target.report, chosen: target.chosen},
            });
        }
        const views = target.id
            ? [[false, "form"]]
            : [
                  [false, "list"],
                  [false, "form"],
              ];
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: this.state.data.title,
            res_model: target.model,
            res_id: target.id,
            domain: target.domain || [],
            views,
        });
    }
}

registry.category("actions").add("bmasia_report", Report);
Report.displayName = _t("Report");
