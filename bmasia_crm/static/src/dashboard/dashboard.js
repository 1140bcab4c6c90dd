import {Component, onWillStart, useState} from "@odoo/owl";
import {loadBundle} from "@web/core/assets";
import {formatCurrency, getCurrency} from "@web/core/currency";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {KeepLast} from "@web/core/utils/concurrency";
import {useService} from "@web/core/utils/hooks";
import {sprintf} from "@web/core/utils/strings";
import {useSetupAction} from "@web/search/action_hook";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {DayTabs} from "@document_flow/day/day_tabs";
import {DashboardChart} from "./dashboard_chart";
import {useApp} from "./use_app";

const WHOLE_UNITS = [0, 0]; // nobody reads satang on a dashboard
const CHOSEN = {
    entity_id: false,
    user_id: false,
    period: "month",
    date_from: false,
    date_to: false,
};

/** What the team asks each month, each figure with its list. */
export class Dashboard extends Component {
    static template = "bmasia_crm.Dashboard";
    static components = {Layout, DayTabs, DashboardChart};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        useApp("bmasia_crm.menu_root");
        this.keepLast = new KeepLast();
        this.display = {controlPanel: {}};
        this.state = useState({
            chosen: this.props.state?.chosen || {...CHOSEN},
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

    money(amount, currencyId) {
        return formatCurrency(amount, currencyId, {digits: WHOLE_UNITS});
    }

    currency(currencyId) {
        return getCurrency(currencyId)?.name || "";
    }

    amounts(figure) {
        return figure.amounts.map(([currencyId, amount]) =>
            this.money(amount, currencyId),
        );
    }

    /** How a figure moved: by the money where it has some, for each currency. */
    changes(figure) {
        if (!figure.before) {
            return [];
        }
        if (figure.kind !== "money") {
            return [this.change(figure.count, figure.before.count, "")];
        }
        const now = new Map(figure.amounts);
        const before = new Map(figure.before.amounts);
        const ids = [...new Set([...now.keys(), ...before.keys()])];
        return ids.map((id) =>
            this.change(
                now.get(id) || 0,
                before.get(id) || 0,
                this.money(before.get(id) || 0, id),
            ),
        );
    }

    change(now, before, beforeWords) {
        const was = beforeWords || String(before);
        if (now === before) {
            return {arrow: "→", words: sprintf(_t("unchanged from %s"), was)};
        }
        const isUp = now > before;
        const percent =
            before > 0
                ? `${Math.abs(Math.round((100 * (now - before)) / before))} % `
                : "";
        const words = isUp
            ? _t("up %(percent)sfrom %(before)s")
            : _t("down %(percent)sfrom %(before)s");
        return {
            arrow: isUp ? "▲" : "▼",
            words: sprintf(words, {percent, before: was}),
        };
    }

    /** How the win rate moved, in points. */
    get rateChange() {
        const {share, share_before} = this.state.data.win_rate;
        if (share === false || share_before === false) {
            return null;
        }
        return this.change(share, share_before, `${share_before} %`);
    }

    isWarning(figure) {
        return Boolean(figure.count) && ["overdue", "ending"].includes(figure.key);
    }

    choose(name, event) {
        const {value} = event.target;
        const isId = ["entity_id", "user_id"].includes(name);
        this.state.chosen[name] = isId ? Number(value) || false : value || false;
        if (name === "period" && value === "custom") {
            const {first, last} = this.state.data.period;
            this.state.chosen.date_from = first;
            this.state.chosen.date_to = last;
        }
        return this.load();
    }

    open(figure, label) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: label || figure.label,
            res_model: figure.model,
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain: figure.domain,
        });
    }

    openRate() {
        return this.open(this.state.data.win_rate, _t("Quotes won and lost"));
    }

    openBefore(figure) {
        return this.open(
            figure.before,
            `${figure.label}: ${this.state.data.period.before}`,
        );
    }

    openBar(chart, index) {
        const bar = chart.bars[index];
        const domain = [...bar.domain, ["currency_id", "=", chart.currency_id]];
        return this.open({model: chart.model, domain}, `${chart.label}: ${bar.label}`);
    }

    addCompany() {
        return this.action.doAction("bmasia_crm.bmasia_company_action", {
            viewType: "form",
        });
    }
}

registry.category("actions").add("bmasia_dashboard", Dashboard);
Dashboard.displayName = _t("Dashboard");
