"""The measurements of printing. Runs inside a database with ``bmasia_crm`` and
``sale``.

``python -m tools.bench.printing_job SINGLES BATCH LARGE`` prints one line of JSON. Odoo
must be serving the same database: wkhtmltopdf fetches its stylesheets from there.
"""

import gc
import io
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil

import odoo.init  # Odoo asks for it before anything else of Odoo
from odoo import api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import config

LINES = 6
STOCK = "sale.report_saleorder"


def main(singles: int, batch: int, large: int) -> None:
    """Measure and print."""
    config.parse_config(["--no-http", "--log-level=critical"], setup_logging=True)
    with Registry(config["db_name"][0]).cursor() as cursor:
        env = api.Environment(cursor, odoo.SUPERUSER_ID, {"lang": "en_US"})
        documents = _Documents(env)
        result = {
            "binary": _binary(),
            **documents.one_quote(singles),
            **documents.batches(batch, large),
        }
        cursor.rollback()
    sys.stdout.write(json.dumps(result) + "\n")


def _binary() -> str:
    done = subprocess.run(
        ["wkhtmltopdf", "--version"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _memory() -> int:
    """The most memory that this process and its children have held so far, in MB."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for child in psutil.Process().children():
        status = Path(f"/proc/{child.pid}/status").read_text()
        if found := re.search(r"VmHWM:\s+(\d+)", status):
            held += int(found[1])
    return held // 1024


def _processor() -> float:
    """Seconds of the processor that this process and its children have used."""
    times = (child.cpu_times() for child in psutil.Process().children())
    return time.process_time() + sum(used.user + used.system for used in times)


@contextmanager
def _timed(
    taken: dict[str, float], name: str, owner: Any, method: str
) -> Iterator[None]:
    """Note in ``taken`` how long a method takes, while this lasts."""
    original = getattr(owner, method)

    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return original(*arguments, **options)
        finally:
            taken[name] = time.perf_counter() - start

    with patch.object(owner, method, timed):
        yield


class _Documents:
    def __init__(self, env: Any) -> None:
        self.env = env
        self.reports = env["ir.actions.report"].with_context(
            force_report_rendering=True, document_goes_out=True
        )
        company = env.company
        company.tax_rate = 7
        self.partner = env["res.partner"].create({"name": "Sample Hotel"})
        self.customer = env["bmasia.company"].create(
            {"name": "Sample Hotel Operations", "billing_entity_id": company.id}
        )
        line = {"name": "Background music, per zone and year", "quantity": 2}
        self.lines = [
            Command.create({**line, "unit_price": 14000, "sequence": n})
            for n in range(LINES)
        ]

    def print(self, report: str, ids: list[int]) -> tuple[float, bytes]:
        """Seconds that pass, and bytes, of one call."""
        start = time.perf_counter()
        content, _kind = self.reports._render_qweb_pdf(report, ids)
        return time.perf_counter() - start, content

    def one_quote(self, rounds: int) -> dict[str, Any]:
        """The best of some rounds in turns: ours, Odoo's with and without its delay."""
        order, quote = self._order(), self._quote()
        taken: dict[str, list[float]] = {}
        for _round in range(rounds + 1):  # the first one warms up
            for name, delay in (("stock", False), ("stock_no_delay", 0)):
                parameters = self.env["ir.config_parameter"]
                parameters.set_param("report.print_delay", delay)
                taken.setdefault(name, []).append(self.print(STOCK, order.ids)[0])
            seconds = self.print("bmasia_crm.report_quote", quote.ids)[0]
            taken.setdefault("ours", []).append(seconds)
        best = {name: min(each[1:]) for name, each in taken.items()}
        return {**best, "stages": self.stages(quote, rounds)}

    def stages(self, quote: Any, rounds: int) -> dict[str, float]:
        """Where the time of one quote goes, in the round that took least.

        :returns: seconds by stage, in their order, and in total
        """
        from odoo.addons.report_weasyprint.models import ir_actions_report
        from odoo.addons.report_weasyprint.tools.pool import Pool

        steps = (
            ("QWeb", type(self.reports), "_render_qweb_html"),
            ("limits and articles", ir_actions_report, "articles"),
            ("layout in the child", Pool, "do"),
        )
        found = []
        for _round in range(rounds):
            with ExitStack() as stack:
                taken: dict[str, float] = {}
                for name, owner, method in steps:
                    stack.enter_context(_timed(taken, name, owner, method))
                total = self.print("bmasia_crm.report_quote", quote.ids)[0]
            found.append({**taken, "in total": total})
        return min(found, key=lambda taken: taken["in total"])

    def _order(self) -> Any:
        """A quotation of Odoo's own with as many lines."""
        product = self.env["product.product"].create({"name": "Background music"})
        line = {"product_id": product.id, "product_uom_qty": 2, "price_unit": 14000}
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [Command.create(line) for _n in range(LINES)],
            }
        )

    def _quote(self) -> Any:
        quote = self.env["bmasia.quote"].create(
            {"customer_id": self.customer.id, "line_ids": self.lines}
        )
        quote._assign_number()
        return quote

    def work(self, report: str, ids: list[int]) -> tuple[float, bytes]:
        """Seconds of the processor, whatever else the machine does, and bytes."""
        start = _processor()
        content, _kind = self.reports._render_qweb_pdf(report, ids)
        return _processor() - start, content

    def batches(self, batch: int, large: int) -> dict[str, Any]:
        """One by one, as many in one call, and far more."""
        name = "bmasia_crm.report_invoice"
        invoices = self.env["bmasia.invoice"].create(
            [
                {
                    "customer_id": self.customer.id,
                    "line_ids": self.lines[:2],
                    "note": f"Document {n}.",
                }
                for n in range(large)
            ]
        )
        for invoice in invoices:
            invoice._assign_number()
        few = invoices[:batch]
        self.work(name, few[:8].ids)  # all children are there
        single = sum(self.work(name, invoice.ids)[0] for invoice in few)
        before = _memory()
        together, content = self.work(name, few.ids)
        after_batch = _memory()
        right = self.is_split_right(content, few)
        del content
        gc.collect()
        start = _processor()
        streams = self.reports._render_qweb_pdf_prepare_streams(name, {}, invoices.ids)
        parts = [part["stream"] for part in streams.values()]
        after_large = _memory()
        with self.reports._merge_pdfs(parts) as merged:
            size = len(merged.getvalue())
        return {
            "batch": batch,
            "one_by_one": single,
            "together": together,
            "split_right": right,
            "large": large,
            "large_seconds": _processor() - start,
            "large_bytes": size,
            "memory": [before, after_batch, after_large, _memory()],
        }

    def is_split_right(self, content: bytes, invoices: Any) -> bool:
        """Whether each document's page stands at its place."""
        from pypdf import PdfReader

        pages = PdfReader(io.BytesIO(content)).pages
        return len(pages) == len(invoices) and all(
            invoice.name in page.extract_text()
            for invoice, page in zip(invoices, pages, strict=True)
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
