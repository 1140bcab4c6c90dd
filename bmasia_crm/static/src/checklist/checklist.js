import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** What a new company sets up first, above any screen: nothing once all of it is done
 * and hidden. Each step opens its form, and is asked again when that is closed. */
export class Checklist extends Component {
    static template = "bmasia_crm.Checklist";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({steps: [], done: 0, can_hide: false});
        onWillStart(() => this.load());
    }

    async load() {
        Object.assign(
            this.state,
            await this.orm.call("bmasia.checklist", "get_steps", []),
        );
    }

    /** The first step that is still to be done: its button stands out. */
    get next() {
        return this.state.steps.find((step) => !step.is_done && !step.is_optional);
    }

    get count() {
        const {done, steps} = this.state;
        return _t("%(done)s of %(all)s done", {done, all: steps.length});
    }

    get share() {
        return Math.round((100 * this.state.done) / this.state.steps.length);
    }

    stateOf(step) {
        return step.is_done ? _t("Done") : _t("Not done yet");
    }

    async open(step) {
        const action = await this.orm.call("bmasia.checklist", "open_step", [step.key]);
        return this.action.doAction(action, {onClose: () => this.load()});
    }

    async hide() {
        await this.orm.call("bmasia.checklist", "hide", []);
        return this.load();
    }
}

registry.category("document_day_top").add("checklist", Checklist);
