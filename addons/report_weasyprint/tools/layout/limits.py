"""What a document may cost: checked before layout, which is what costs."""

MAX_BYTES = 20 * 1024 * 1024  # of HTML; a contract with 200 zones has 0.2 MB
# Each of these is some 20 seconds of layout: Odoo ends a worker after 60.
MAX_ELEMENTS = 20_000
MAX_LETTERS = 300_000  # about 100 pages
MAX_DEPTH = 100  # nesting; layout recurses
MAX_PIXELS = 40_000_000  # of all pictures of a document; a photo of 6000 × 4000 has 24
MAX_PICTURE_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 1000  # that one cell spans; browsers stop there, too


class DocumentTooLarge(ValueError):
    """A document over a limit.

    :param str limit: what there is too much of: ``size``, ``elements``, ``depth``,
        letters ``unbroken`` by a space, squares that cells ``span``, parts that a
        ``drawing`` repeats, ``pixels``; or a picture that is ``unreadable``; or what
        the layout took more of than it gets: ``time``, ``memory``
    :param str place: the picture's own name or the heading that it stands below
    """

    def __init__(self, limit: str, place: str = "") -> None:
        super().__init__(limit)
        self.limit = limit
        self.place = place
