import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

export const dayTabs = registry.category("document_day_tabs");

/** The pages of the first screen: addons register theirs, as {label, action}. */
export class DayTabs extends Component {
    static template = "document_flow.DayTabs";
    static props = {current: String};

    setup() {
        this.action = useService("action");
    }

    get tabs() {
        return dayTabs.getEntries().map(([key, tab]) => ({key, ...tab}));
    }

    open(tab) {
        return this.action.doAction(tab.action, {clearBreadcrumbs: true});
    }
}
