import {Composer} from "@mail/core/common/composer";
import {patch} from "@web/core/utils/patch";

patch(Composer.prototype, {
    /** What was refused can be sent again: core keeps the composer locked. */
    async processMessage() {
        try {
            return await super.processMessage(...arguments);
        } catch (error) {
            this.state.active = true;
            throw error;
        }
    },
});
