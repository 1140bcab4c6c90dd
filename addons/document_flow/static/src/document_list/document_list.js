import {onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {formatCurrency} from "@web/core/currency";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";

/**
 * Totals per currency, of what counts: a column's option ``counts`` names the field that
 * says so, as drafts stand in a list of invoices and are no revenue. Odoo's
 * list converts with the rates that are stored, and with 1 where there are none; here
 * currencies stand beside each other.
 */
export class DocumentListRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.sums = useState({rows: []});
        onWillStart(() => this.loadSums(this.props.list));
        onWillUpdateProps(({list}) => this.loadSums(list));
    }

    /** The columns that have a total: money with ``sum`` in the view. */
    get summed() {
        return this.props.archInfo.columns.filter(
            ({type, name, attrs}) =>
                type === "field" && attrs.sum && this.fields[name].type === "monetary",
        );
    }

    /** What all totals of a list are of, as a domain. */
    get counted() {
        const names = this.summed.map(({options}) => options?.counts).filter(Boolean);
        return names.slice(0, 1).map((name) => [name, "=", true]);
    }

    /** What a grouped list lacks: its groups' sums, currency by currency. */
    async loadSums(list) {
        const several =
            list.isGrouped && list.groups.some((g) => g.aggregates.currency_id?.length);
        if (!several) {
            this.sums.rows = [];
            return;
        }
        const names = this.summed.map(({name}) => `${name}:sum`);
        this.sums.rows = await this.orm.formattedReadGroup(
            list.resModel,
            [...list.domain, ...this.counted],
            [list.groupBy[0], "currency_id"],
            names,
        );
        this.sums.groupBy = list.groupBy[0];
    }

    format(totals) {
        return [...totals]
            .map(([currencyId, amount]) => formatCurrency(amount, currencyId))
            .join("\n");
    }

    totalsOfRows(rows, name) {
        const totals = new Map();
        for (const row of rows) {
            const [currencyId] = row.currency_id;
            totals.set(
                currencyId,
                (totals.get(currencyId) || 0) + (row[`${name}:sum`] || 0),
            );
        }
        return totals;
    }

    totalsOfRecords(records, name) {
        const totals = new Map();
        const [[counts] = []] = this.counted;
        for (const {data} of records) {
            if (counts && !data[counts]) {
                continue;
            }
            const currencyId = data.currency_id && data.currency_id.id;
            totals.set(currencyId, (totals.get(currencyId) || 0) + data[name]);
        }
        return totals;
    }

    computeAggregates() {
        const {list} = this.props;
        const aggregates = super.computeAggregates();
        for (const {name, attrs} of this.summed) {
            const hidden =
                name in this.optionalActiveFields && !this.optionalActiveFields[name];
            if (hidden) {
                continue;
            }
            const records = list.selection.length ? list.selection : list.records;
            const totals =
                list.isGrouped && !list.selection.length
                    ? this.totalsOfRows(this.sums.rows, name)
                    : this.totalsOfRecords(records, name);
            aggregates[name] = {help: attrs.sum, value: this.format(totals)};
        }
        return aggregates;
    }

    formatGroupAggregate(group, column) {
        const field = this.fields[column.name];
        if (field?.type !== "monetary") {
            return super.formatGroupAggregate(group, column);
        }
        const key = JSON.stringify(group._rawValue);
        const rows = this.sums.rows.filter(
            (row) => JSON.stringify(row[this.sums.groupBy]) === key,
        );
        const isTop = group.list.groupBy.length === this.props.list.groupBy.length - 1;
        if (!isTop || !this.summed.some(({name}) => name === column.name)) {
            return super.formatGroupAggregate(group, column);
        }
        return {value: this.format(this.totalsOfRows(rows, column.name))};
    }
}

registry.category("views").add("document_list", {
    ...listView,
    Renderer: DocumentListRenderer,
});
