import logging

# WeasyPrint says at INFO which step of a layout it is at
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
# a line for each font that is subset, a warning for each CSS property it does not know
logging.getLogger("fontTools").setLevel(logging.WARNING)
logging.getLogger("weasyprint").setLevel(logging.ERROR)
