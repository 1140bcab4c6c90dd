import {CompanySelector} from "@web/webclient/switch_company_menu/switch_company_menu";
import {patch} from "@web/core/utils/patch";

/**
 * A click on a company's name shows that one alone. Core leaves the others ticked where
 * several are, and here all are at the start: nothing would change on the screen. Their
 * check boxes combine them.
 */
patch(CompanySelector.prototype, {
    switchCompany(mode, companyId) {
        if (mode === "loginto") {
            this.selectedCompaniesIds.splice(0, Infinity, companyId);
        }
        return super.switchCompany(mode, companyId);
    },
});
