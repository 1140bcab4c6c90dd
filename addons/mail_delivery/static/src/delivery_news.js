import {onMounted, onWillUnmount, useEnv} from "@odoo/owl";
import {FormController} from "@web/views/form/form_controller";
import {ListController} from "@web/views/list/list_controller";
import {patch} from "@web/core/utils/patch";
import {registry} from "@web/core/registry";

const NEWS = "mail.delivery/news";
const READING = 15000; // Milliseconds for a sentence of a mail server; the document keeps it

/** Calls back when the server says how it went with mails of this user. */
function useDeliveryNews(callback) {
    const bus = useEnv().services.bus_service;
    if (bus) {
        onMounted(() => bus.subscribe(NEWS, callback));
        onWillUnmount(() => bus.unsubscribe(NEWS, callback));
    }
}

patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        useDeliveryNews((news) => this.onDeliveryNews(news));
    },
    /** Reads the document again, unless somebody is writing in it. */
    async onDeliveryNews({deliveries, documents}) {
        const {root} = this.model;
        const {resModel, resId} = root;
        const isShown =
            documents.some(({model, id}) => model === resModel && id === resId) ||
            (resModel === "mail.delivery" && deliveries.includes(resId));
        if (isShown && !(await root.isDirty())) {
            await root.load();
        }
    },
});

patch(ListController.prototype, {
    setup() {
        super.setup(...arguments);
        useDeliveryNews(() => this.onDeliveryNews());
    },
    async onDeliveryNews() {
        const {root} = this.model;
        if (root.resModel === "mail.delivery" && !root.selection?.length) {
            await root.load();
        }
    },
});

/** Shows a result in words that came after the user stopped waiting for it. */
registry.category("services").add("mail_delivery.late_answers", {
    dependencies: ["bus_service", "notification"],
    start(_env, {bus_service, notification}) {
        bus_service.subscribe(NEWS, ({message, type}) => {
            if (message) {
                const longer = type === "danger" ? {autocloseDelay: READING} : {};
                notification.add(message, {type, ...longer});
            }
        });
    },
});
