from . import sales_values
