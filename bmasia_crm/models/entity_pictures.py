"""The pictures of a billing entity: its managers' matter, and printable."""

from odoo import api, models

# Pixels of the longer side that are kept; printed, they are far smaller.
PICTURES = {"logo": 1920, "document_signature": 1024, "document_stamp": 1024}


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_printable_pictures(v) for v in vals_list])

    def write(self, vals):
        if PICTURES.keys() & vals.keys():
            self._check_may_configure()
        return super().write(self._with_printable_pictures(vals))

    def _with_printable_pictures(self, vals):
        """These values, with each picture as it prints everywhere.

        :raises UserError: nobody can print one of them
        """
        reports = self.env["ir.actions.report"]
        changed = {
            name: reports._printable_picture(vals[name], longest)
            for name, longest in PICTURES.items()
            if vals.get(name)
        }
        return {**vals, **changed}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """The logo of a billing entity is its contact's picture."""
        if vals.get("image_1920") and self._are_billing_entities():
            self._check_may_change_entities(vals)
            reports = self.env["ir.actions.report"]
            picture = reports._printable_picture(vals["image_1920"], PICTURES["logo"])
            vals = {**vals, "image_1920": picture}
        return super().write(vals)


class IrAttachment(models.Model):
    """Pictures are files as well, which could be written past their fields."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._check_entity_pictures()
        return files

    def write(self, vals):
        self._check_entity_pictures()
        result = super().write(vals)
        self._check_entity_pictures()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entity_pictures(self):
        self._check_entity_pictures()

    def _check_entity_pictures(self):
        """
        :raises AccessError: this is a picture of a billing entity, and not a manager's
        """
        if self.env.su:
            return
        ids = {"res.partner": set(), "res.company": set()}
        for file in self.sudo():
            if file.res_field and file.res_model in ids:
                ids[file.res_model].add(file.res_id)
        partners = self.env["res.partner"].browse(ids["res.partner"])
        if ids["res.company"] or (partners and partners._are_billing_entities()):
            self.env["res.company"]._check_may_configure()
