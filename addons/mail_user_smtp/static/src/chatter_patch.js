import {Chatter} from "@mail/chatter/web_portal/chatter";
import {patch} from "@web/core/utils/patch";
import {useService} from "@web/core/utils/hooks";

patch(Chatter.prototype, {
    setup() {
        super.setup();
        this.mailSenderOrm = useService("orm");
        this.state.mailSender = null;
    },

    /** Say who sends before anything is typed. */
    toggleComposer(mode) {
        if (mode === "message") {
            this.loadMailSender();
        }
        return super.toggleComposer(...arguments);
    },

    async loadMailSender() {
        this.state.mailSender = await this.mailSenderOrm.silent.call(
            "res.users",
            "get_mail_sender",
            [this.props.threadModel, this.props.threadId || null],
        );
    },
});
