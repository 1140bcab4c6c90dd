import {Component} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";

/** Asks before edited text is thrown away. */
export class UnsentDialog extends Component {
    static template = "document_flow.UnsentDialog";
    static components = {Dialog};
    static props = {close: Function, keep: Function, drop: Function};

    keep() {
        this.props.keep();
        this.props.close();
    }

    drop() {
        this.props.drop();
        this.props.close();
    }
}
