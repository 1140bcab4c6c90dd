from odoo import models


class BmasiaCustomerMixin(models.AbstractModel):
    """A document is shown to the logins of its customer."""

    _inherit = "bmasia.customer.mixin"

    def _is_for(self, user):
        """Whether a customer's login shows this document: one of the same company, of
        what has gone out.
        """
        customer = self.env["bmasia.company"]._of_login(user)
        return bool(customer) and self.customer_id == customer and self._is_there()

    def _account_state(self):
        """What its customer still has to do, beside it in the list of a login; empty if
        it asks for nothing that is counted.
        """
        return ""

    def _is_for_the_same(self, other):
        """Whether who has the link to this document may read another one.

        :param other: of the same kind
        """
        return (
            other.customer_id == self.customer_id
            and other.company_id == self.company_id
            and other._is_there()
            and other._is_for_customer()
        )
