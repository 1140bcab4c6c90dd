import {Notification} from "@mail/core/common/notification_model";
import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";

// Where core's notification has no word for the result.
const STATES = {
    deferred: {
        icon: "fa fa-clock-o text-warning",
        title: () => _t("Tried again later"),
    },
    unknown: {icon: "fa fa-question text-warning", title: () => _t("Unknown")},
    refused: {icon: "fa fa-times text-danger", title: () => _t("Refused")},
    sent: {icon: "fa fa-check text-success", title: () => _t("Accepted")},
};

patch(Notification.prototype, {
    get statusIcon() {
        return STATES[this.delivery_state]?.icon || super.statusIcon;
    },
    get statusTitle() {
        return STATES[this.delivery_state]?.title() || super.statusTitle;
    },
    get failureMessage() {
        return (this.delivery_state && this.failure_reason) || super.failureMessage;
    },
});
