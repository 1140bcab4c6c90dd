import {GraphModel} from "@web/views/graph/graph_model";
import {GraphRenderer} from "@web/views/graph/graph_renderer";
import {getCurrency} from "@web/core/currency";
import {graphView} from "@web/views/graph/graph_view";
import {registry} from "@web/core/registry";

/** One currency at a time: baht and dollars have no common axis. */
export class DocumentGraphModel extends GraphModel {
    setup() {
        super.setup(...arguments);
        this.currencies = [];
        this.currencyId = false;
    }

    /** The currencies of what is shown, the most frequent one first. */
    async loadCurrencies({resModel, domain, context}) {
        const groups = await this.orm.formattedReadGroup(
            resModel,
            domain,
            ["currency_id"],
            ["__count"],
            {context},
        );
        this.currencies = groups
            .filter((group) => group.currency_id)
            .sort((one, other) => other.__count - one.__count)
            .map((group) => group.currency_id[0]);
        if (!this.currencies.includes(this.currencyId)) {
            this.currencyId = this.currencies[0] || false;
        }
    }

    async _loadDataPoints(metaData) {
        const {domain, fields, measure} = metaData;
        if (fields[measure]?.type !== "monetary") {
            this.currencies = [];
            return super._loadDataPoints(metaData);
        }
        await this.loadCurrencies(metaData);
        return super._loadDataPoints({
            ...metaData,
            domain: [...domain, ["currency_id", "=", this.currencyId]],
        });
    }

    async chooseCurrency(currencyId) {
        this.currencyId = currencyId;
        await this._fetchDataPoints(this._buildMetaData());
        this.notify();
    }
}

export class DocumentGraphRenderer extends GraphRenderer {
    get currencies() {
        return this.model.currencies.map((id) => ({id, name: getCurrency(id)?.name}));
    }

    onCurrencyChosen(event) {
        this.model.chooseCurrency(Number(event.target.value));
    }
}

registry.category("views").add("document_graph", {
    ...graphView,
    Model: DocumentGraphModel,
    Renderer: DocumentGraphRenderer,
    buttonTemplate: "document_flow.GraphButtons",
});
