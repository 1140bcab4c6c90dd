"""What a program says about money, as the methods of ``bmasia.payment`` take it."""

from .errors import ApiError
from .resources import COMPANIES

# Which of the models' arguments names a document of these.
TARGETS = {"invoices": "invoice_id", "contracts": "contract_id", "quotes": "quote_id"}
OF_RECORDS = {"customer_id", "company_id", "currency_id", "allocations", "details"}


class BookingReader:
    """Turns keys of records into ids, and fills in what follows from them.

    :param env: of the caller
    :param dict resources: by the names in addresses
    """

    def __init__(self, env, resources):
        self.env = env
        self.resources = resources

    def payment(self, asked):
        """The arguments of ``register``.

        :param schemas.PaymentRequest asked: what is asked
        :rtype: dict
        :raises ApiError: 422, a key names nothing, or nothing says whose money it is
        """
        uses, targets = self._uses(asked.allocations)
        customer = targets[:1] and targets[0].customer_id
        if asked.customer_id is not None:
            customer = self.find(COMPANIES, asked.customer_id, "customer_id")
        if not customer:
            raise self._invalid(
                "customer_id",
                self.env._("Say whose money it is, or what it is for."),
            )
        first = targets[0] if targets else customer.sudo()
        entity = first.company_id if targets else first.billing_entity_id
        return {
            **asked.model_dump(exclude=OF_RECORDS),
            "customer_id": customer.id,
            "company_id": asked.company_id or entity.id,
            "currency_id": self._currency(asked.currency_id, targets),
            "allocations": uses,
            "details": self.details(asked.details),
        }

    def uses(self, asked):
        """The argument ``allocations``.

        :param asked: list of :class:`schemas.Use`
        :rtype: list[dict]
        :raises ApiError: 422, a key names nothing
        """
        return self._uses(asked)[0]

    def details(self, asked):
        """The argument ``details``.

        :param schemas.Details asked: what is asked, or None
        :rtype: dict
        """
        return asked and asked.model_dump(mode="json", exclude_none=True)

    def _uses(self, asked):
        """``(arguments, documents)``."""
        targets = [
            self._target(use, f"allocations.{position}")
            for position, use in enumerate(asked or ())
        ]
        keys = set(TARGETS.values())
        uses = [
            {
                **use.model_dump(mode="json", exclude=keys, exclude_none=True),
                name: target.id,
            }
            for use, (name, target) in zip(asked or (), targets, strict=True)
        ]
        return uses, [target for _name, target in targets]

    def _target(self, use, place):
        resource, key = next(
            (name, key) for name, key in use.targets().items() if key is not None
        )
        name = TARGETS[resource]
        return name, self.find(self.resources[resource], key, f"{place}.{name}")

    def _currency(self, asked, targets):
        if isinstance(asked, str):
            found = self.env["res.currency"].search([("name", "=", asked)])
            if not found:
                raise self._invalid(
                    "currency_id", self.env._("There is no currency %s.", asked)
                )
            return found.id
        return asked or (targets[0].currency_id.id if targets else None)

    def find(self, resource, key, field):
        """The record that a key in the body names.

        :param str field: of the body
        :raises ApiError: 422, there is none
        """
        record = resource.find(self.env, str(key))
        if not record:
            raise self._invalid(
                field,
                self.env._(
                    "There is no %(kind)s %(key)s.", kind=resource.singular, key=key
                ),
            )
        return record

    def _invalid(self, field, sentence):
        fields = [{"field": field, "message": sentence}]
        return ApiError(422, f"{field}: {sentence}", fields=fields)
