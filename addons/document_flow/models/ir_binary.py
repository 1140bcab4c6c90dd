from odoo import models

from odoo.addons.mail_delivery.tools.file_names import cut_file_name


class IrBinary(models.AbstractModel):
    """The names of downloads, as every disk takes them."""

    _inherit = "ir.binary"

    def _get_stream_from(self, *args, **kwargs):
        """A download can be saved under its name on every disk."""
        stream = super()._get_stream_from(*args, **kwargs)
        stream.download_name = cut_file_name(stream.download_name)
        return stream
