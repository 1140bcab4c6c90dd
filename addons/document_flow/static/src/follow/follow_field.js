import {Component, onWillUnmount, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const PAUSE = 2000; // Milliseconds between looks at what goes on in the background

/** Shows that the record is moving, and reads it again until it is not. */
export class FollowField extends Component {
    static template = xml`
        <i t-if="moving" class="fa fa-circle-o-notch fa-spin" title="Going on"/>`;
    static props = {...standardFieldProps};

    setup() {
        this.timer = setInterval(() => this.look(), PAUSE);
        onWillUnmount(() => clearInterval(this.timer));
    }

    get moving() {
        return this.props.record.data[this.props.name];
    }

    async look() {
        if (this.moving && !this.looking) {
            this.looking = true;
            await this.props.record.load().finally(() => (this.looking = false));
        }
    }
}

registry.category("fields").add("document_follow", {
    component: FollowField,
    supportedTypes: ["boolean"],
});
