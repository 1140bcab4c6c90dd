import {_t} from "@web/core/l10n/translation";
import {dayTabs} from "@document_flow/day/day_tabs";

dayTabs.add("day", {label: _t("My Day"), action: "bmasia_crm.bmasia_my_day_action"});
dayTabs.add("dashboard", {
    label: _t("Dashboard"),
    action: "bmasia_crm.bmasia_dashboard_action",
});
