import {browser} from "@web/core/browser/browser";
import {reactive} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {session} from "@web/session";
import {user} from "@web/core/user";

const NEWS = "mail_user_smtp/mailbox";
const WORKS = "ok";

/**
 * Whether the user's mailbox works, for whatever shows it: it may change in another tab,
 * and whoever comes back from there sees the new state.
 */
export class Mailbox {
    constructor(env, orm) {
        this.env = env;
        this.orm = orm;
        this.state = session.mailbox_state || WORKS;
        this.isHidden = Boolean(browser.localStorage.getItem(this.key));
    }

    get key() {
        return `mailbox_hint.${user.userId}.${this.state}`;
    }

    get needsAttention() {
        return this.state !== WORKS && !this.isHidden;
    }

    hide() {
        browser.localStorage.setItem(this.key, "seen");
        this.isHidden = true;
    }

    /** Reads the state again, and tells who asked to know of a change. */
    async look({asked} = {}) {
        const read = [[user.userId], ["smtp_state"]];
        const [{smtp_state}] = await this.orm.silent.call("res.users", "read", read);
        if (asked) {
            browser.localStorage.removeItem(this.key);
        }
        if (smtp_state !== this.state) {
            this.state = smtp_state;
            this.env.bus.trigger("MAILBOX:CHANGED");
        }
        this.isHidden = Boolean(browser.localStorage.getItem(this.key));
    }
}

registry.category("services").add("mailbox", {
    dependencies: ["bus_service", "orm"],
    start(env, {bus_service, orm}) {
        const mailbox = reactive(new Mailbox(env, orm));
        if (session.mailbox_state) {
            bus_service.subscribe(NEWS, (news) => mailbox.look(news));
            document.addEventListener("visibilitychange", () => {
                if (document.visibilityState === "visible" && mailbox.state !== WORKS) {
                    mailbox.look();
                }
            });
        }
        return mailbox;
    },
});
