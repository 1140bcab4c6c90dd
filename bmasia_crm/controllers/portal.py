"""What a customer opens from a mail: the paper, as it went out."""

from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from .records import as_pdf

# The last part but one of each model's ``access_url``
PAPERS = {
    "quotes": "bmasia.quote",
    "contracts": "bmasia.contract",
    "bmasia-invoices": "bmasia.invoice",
    "receipts": "bmasia.payment",
}


class PaperPortal(CustomerPortal):
    @route(
        f"/my/<any({','.join(map(repr, PAPERS))}):kind>/<int:paper_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def portal_paper(self, kind, paper_id, access_token=None, **_query):
        """The file that went out, to who has the link of a mail; else a sentence.

        Odoo's mails from a paper's chatter have a button that leads here.

        :param str kind: a key of ``PAPERS``
        :param int paper_id: the record's id
        :param str access_token: the record's
        """
        try:
            paper = self._document_check_access(PAPERS[kind], paper_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if paper._is_draft() or not paper._kept_pdf():
            request.update_context(lang=paper._get_print_lang())
            values = self._prepare_portal_layout_values()
            return request.render("bmasia_crm.portal_not_there", values, status=404)
        return as_pdf(paper, "inline")
