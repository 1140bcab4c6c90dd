import {Component, onWillStart, useState} from "@odoo/owl";
import {loadBundle} from "@web/core/assets";
import {formatCurrency} from "@web/core/currency";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {KeepLast} from "@web/core/utils/concurrency";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {DashboardChart} from "./dashboard_chart";

const WHOLE_UNITS = [0, 0]; // nobody reads satang on a first screen

/** The first screen: what the team asks each morning, each figure with its list. */
export class Dashboard extends Component {
    static template = "bmasia_crm.Dashboard";
    static components = {Layout, DashboardChart};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = {controlPanel: {}};
        const kept = this.props.state?.chosen;
        this.state = useState({
            chosen: kept || {entity_id: false, user_id: false},
            data: null,
        });
        useSetupAction({getLocalState: () => ({chosen: {...this.state.chosen}})});
        onWillStart(() => Promise.all([loadBundle("web.chartjs_lib"), this.load()]));
    }

    async load() {
        const call = this.orm.call("bmasia.dashboard", "get_figures", [], {
            ...this.state.chosen,
        });
        this.state.data = await this.keepLast.add(call);
    }

    get figures() {
        return this.state.data.figures;
    }

    get notOut() {
        const some = this.state.data.not_out.filter((figure) => figure.count);
        return {
            count: some.reduce((sum, figure) => sum + figure.count, 0),
            kinds: some,
            // Nothing waits: its list is then the empty one of the quotes.
            first: some[0] || this.state.data.not_out[0],
        };
    }

    get charts() {
        const {charts} = this.state.data;
        const all = charts.flatMap(({series}) => series.map((one) => one.currency_id));
        // a currency has its colour, in each of its charts
        const colours = [...new Set(all)];
        return charts.flatMap((chart) =>
            chart.series.map((series) => ({
                ...chart,
                ...series,
                colour: colours.indexOf(series.currency_id),
            })),
        );
    }

    amounts(figure) {
        return figure.amounts.map(([currency, amount]) =>
            formatCurrency(amount, currency, {digits: WHOLE_UNITS}),
        );
    }

    isWarning(figure) {
        return Boolean(figure.count) && ["overdue", "ending"].includes(figure.key);
    }

    choose(name, event) {
        this.state.chosen[name] = Number(event.target.value) || false;
        return this.load();
    }

    async open(figure) {
        const action = await this.action.loadAction(figure.action);
        return this.action.doAction(
            {...action, domain: figure.domain},
            {additionalContext: figure.context},
        );
    }

    openMonth(chart, index) {
        const [first, next] = chart.months.slice(index, index + 2);
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: `${chart.label}: ${chart.labels[index]}`,
            res_model: chart.model,
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain: [
                ...chart.domain,
                ["currency_id", "=", chart.currency_id],
                [chart.field, ">=", first],
                [chart.field, "<", next],
            ],
        });
    }

    addCompany() {
        return this.action.doAction("bmasia_crm.bmasia_company_action", {
            viewType: "form",
        });
    }

    async setUpMailbox() {
        const dialog = await this.orm.call("res.users", "action_open_mail_account", [
            [user.userId],
        ]);
        return this.action.doAction(dialog);
    }
}

registry.category("actions").add("bmasia_dashboard", Dashboard);
Dashboard.displayName = _t("Dashboard");
