/* global Chart */
import {Component, onWillUnmount, useEffect, useRef} from "@odoo/owl";
import {cookie} from "@web/core/browser/cookie";
import {getColor} from "@web/core/colors/colors";
import {formatCurrency, getCurrency} from "@web/core/currency";

const COLOURS = 6; // of Odoo's small palette

/** Bars of one currency: two currencies never share an axis. Behind them is a table with
 * the same figures, for those who do not see the bars or use no mouse. */
export class DashboardChart extends Component {
    static template = "bmasia_crm.DashboardChart";
    static props = {chart: Object, onOpen: Function};

    setup() {
        this.canvas = useRef("canvas");
        useEffect(
            () => this.draw(),
            () => [this.props.chart],
        );
        onWillUnmount(() => this.drawn?.destroy());
    }

    get currency() {
        return getCurrency(this.props.chart.currency_id)?.name || "";
    }

    get title() {
        return `${this.props.chart.label}, ${this.currency}`;
    }

    get rows() {
        const {bars, values, counts} = this.props.chart;
        return bars.map(({label}, index) => ({
            label,
            index,
            amount: this.format(values[index]),
            count: counts[index],
        }));
    }

    format(amount) {
        return formatCurrency(amount, this.props.chart.currency_id, {digits: [0, 0]});
    }

    short(amount) {
        return formatCurrency(amount, this.props.chart.currency_id, {
            digits: [0, 0],
            humanReadable: true,
        });
    }

    draw() {
        this.drawn?.destroy();
        const {chart} = this.props;
        const scheme = cookie.get("color_scheme");
        this.drawn = new Chart(this.canvas.el, {
            type: "bar",
            data: {
                labels: chart.bars.map(({label}) => label),
                datasets: [
                    {
                        data: chart.values,
                        backgroundColor: getColor(chart.colour, scheme, COLOURS),
                        maxBarThickness: 36,
                        minBarLength: 2,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                onClick: (_event, bars) =>
                    bars.length && this.props.onOpen(bars[0].index),
                onHover: (event, bars) => {
                    event.native.target.style.cursor = bars.length ? "pointer" : "";
                },
                plugins: {
                    legend: {display: false},
                    tooltip: {
                        displayColors: false,
                        callbacks: {label: ({raw}) => this.format(raw)},
                    },
                },
                scales: {
                    x: {grid: {display: false}},
                    y: {
                        beginAtZero: true,
                        ticks: {maxTicksLimit: 5, callback: (v) => this.short(v)},
                    },
                },
            },
        });
    }
}
