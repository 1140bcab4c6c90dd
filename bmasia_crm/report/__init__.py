from . import sales_values
from . import quote_values
from . import contract_values
from . import amendment_values
from . import invoice_values
from . import open_items_values
from . import receipt_values
