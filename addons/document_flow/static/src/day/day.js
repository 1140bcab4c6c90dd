/* global luxon */
import {Component, onWillStart, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {formatCurrency} from "@web/core/currency";
import {deserializeDate} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {KeepLast} from "@web/core/utils/concurrency";
import {useService} from "@web/core/utils/hooks";
import {Layout} from "@web/search/layout";
import {session} from "@web/session";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {DayTabs} from "./day_tabs";

/** What addons show above the work of the day. */
export const dayTop = registry.category("document_day_top");

// Whose work is shown: kept in the tab, for its back button makes the page anew.
const TEAM = "document_day_team";

/** My Day: what needs me, each line with the click that does it. */
export class DocumentDay extends Component {
    static template = "document_flow.Day";
    static components = {Layout, DayTabs};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = {controlPanel: {}};
        this.state = useState({
            team: Boolean(browser.sessionStorage.getItem(TEAM)),
            day: null,
            busy: "",
        });
        onWillStart(() => this.load());
    }

    async load() {
        const {team} = this.state;
        const call = this.orm.call("document.day", "get_day", [], {team});
        this.state.day = await this.keepLast.add(call);
    }

    get above() {
        return dayTop.getAll();
    }

    /** Our guides, where an addon has some; what lies elsewhere is in the user's menu. */
    get help() {
        const {support_url: url} = session;
        return url?.startsWith("/") ? url : "";
    }

    get today() {
        return luxon.DateTime.now().toLocaleString({
            weekday: "long",
            day: "numeric",
            month: "long",
        });
    }

    money(amount, currencyId) {
        return currencyId ? formatCurrency(amount, currencyId) : "";
    }

    /** The sums of a kind of work, one for each currency. */
    sums(todo) {
        return todo.amounts.map(([currencyId, amount]) =>
            this.money(amount, currencyId),
        );
    }

    when(todo, line) {
        const day = deserializeDate(line.day);
        const isThisYear = day.year === luxon.DateTime.now().year;
        const year = isThisYear ? {} : {year: "numeric"};
        const words = day.toLocaleString({day: "numeric", month: "short", ...year});
        return `${todo.when} ${words}`.trim();
    }

    chooseTeam(team) {
        this.state.team = team;
        browser.sessionStorage.setItem(TEAM, team ? "1" : "");
        return this.load();
    }

    openList(todo) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: todo.label,
            res_model: todo.model,
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain: todo.domain,
        });
    }

    openRecord([model, id]) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    /** Do what the button says: at once, or in the one form that does it. */
    async press(todo, line) {
        if (!todo.method) {
            return this.openRecord([todo.model, line.id]);
        }
        this.state.busy = `${todo.key}-${line.id}`;
        try {
            await this.action.doActionButton({
                type: "object",
                name: todo.method,
                resModel: todo.model,
                resId: line.id,
                resIds: [line.id],
                context: {},
                onClose: () => this.load(),
            });
            await this.load();
        } finally {
            this.state.busy = "";
        }
    }
}

registry.category("actions").add("document_day", DocumentDay);
DocumentDay.displayName = _t("My Day");
