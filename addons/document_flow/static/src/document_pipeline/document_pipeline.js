import {onWillStart, onWillUpdateProps, useState, useSubEnv} from "@odoo/owl";
import {formatCurrency} from "@web/core/currency";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {KanbanHeader} from "@web/views/kanban/kanban_header";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";

/** The head of a column: its sums below its name, one for each currency. */
export class DocumentPipelineHeader extends KanbanHeader {
    static template = "document_flow.PipelineHeader";

    setup() {
        super.setup();
        this.pipeline = useState(this.env.pipeline);
    }

    get sums() {
        const {rows, groupBy, amount} = this.pipeline;
        const key = JSON.stringify(this.group.serverValue);
        return rows
            .filter((row) => JSON.stringify(row[groupBy]) === key)
            .map((row) => formatCurrency(row[amount], row.currency_id[0]));
    }
}

/**
 * A board of documents by stage. Odoo adds up a column in one currency; here they stand
 * beside each other. The view names what is added up: a money field with ``sum``.
 */
export class DocumentPipelineRenderer extends KanbanRenderer {
    static components = {
        ...KanbanRenderer.components,
        KanbanHeader: DocumentPipelineHeader,
    };

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.pipeline = useState({rows: [], groupBy: "", amount: ""});
        useSubEnv({pipeline: this.pipeline});
        onWillStart(() => this.loadSums(this.props.list));
        onWillUpdateProps(({list}) => this.loadSums(list));
    }

    get summed() {
        const nodes = Object.values(this.props.archInfo.fieldNodes);
        return nodes.find(({attrs}) => attrs.sum)?.name;
    }

    async loadSums(list) {
        if (!list.isGrouped || !this.summed || list.model.useSampleModel) {
            this.pipeline.rows = [];
            return;
        }
        const [groupBy] = list.groupBy;
        const amount = `${this.summed}:sum`;
        const rows = await this.orm.formattedReadGroup(
            list.resModel,
            list.domain,
            [groupBy, "currency_id"],
            [amount],
        );
        Object.assign(this.pipeline, {
            groupBy,
            amount,
            rows: rows.filter((row) => row.currency_id),
        });
    }
}

registry.category("views").add("document_pipeline", {
    ...kanbanView,
    Renderer: DocumentPipelineRenderer,
});
