import {browser} from "@web/core/browser/browser";
import {displayNotificationAction} from "@web/webclient/actions/client_actions";
import {registry} from "@web/core/registry";
import {session} from "@web/session";
import {user} from "@web/core/user";

const PREFIX = "document_draft:";
const KEPT = 7 * 24 * 3600 * 1000; // Milliseconds: who comes back after a week starts anew

/**
 * Text of mails that were not sent yet, kept in this browser: it outlives a closed
 * dialog, a reload, and the end of the session. One for each user and document; gone once
 * the mail is sent, or after a week.
 */
export const drafts = {
    key: (document) => `${PREFIX}${session.db}:${user.userId}:${document}`,

    read(document) {
        try {
            return JSON.parse(browser.localStorage.getItem(this.key(document)));
        } catch {
            return null;
        }
    },

    /** @returns whether there was room for it */
    write(document, draft) {
        try {
            browser.localStorage.setItem(this.key(document), JSON.stringify(draft));
            return true;
        } catch {
            return false;
        }
    },

    forget(document) {
        browser.localStorage.removeItem(this.key(document));
    },

    /** Forgets what is old, of whoever used this browser. */
    purge() {
        const {localStorage} = browser;
        const keys = [...Array(localStorage.length).keys()].map((i) =>
            localStorage.key(i),
        );
        for (const key of keys.filter((key) => key.startsWith(PREFIX))) {
            const [, since] = localStorage.getItem(key).match(/"when":(\d+)/) || [0, 0];
            if (Date.now() - since > KEPT) {
                localStorage.removeItem(key);
            }
        }
    },
};

registry.category("services").add("document_drafts", {start: () => drafts.purge()});

/** Says that a mail is on its way, and forgets its draft. */
registry.category("actions").add("document_sent", (env, action) => {
    drafts.forget(action.params.document);
    return displayNotificationAction(env, action);
});
