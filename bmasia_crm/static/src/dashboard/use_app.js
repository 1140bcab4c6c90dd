import {onMounted} from "@odoo/owl";
import {useService} from "@web/core/utils/hooks";

/** Show the menu of an app above a page that no menu item leads to: who opens it by its
 * address has none otherwise.
 *
 * @param {String} xmlid of the app's menu
 */
export function useApp(xmlid) {
    const menu = useService("menu");
    onMounted(() => {
        const app = menu.getApps().find((one) => one.xmlid === xmlid);
        if (app && !menu.getCurrentApp()) {
            menu.setCurrentMenu(app);
        }
    });
}
