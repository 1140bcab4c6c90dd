"""Which screens a daily run looks at.

A page is looked at on a desk and a telephone, in English and Thai. ``./run test`` takes
every other combination, like the squares of one colour of a chessboard: each page, each
width and each language comes up. Whoever names a file gets all of it, as ``./run soak``
does.
"""

VIEWS = {"size", "width", "device", "lang", "language"}


class Chessboard:
    """Which combinations of parameters are of the colour that is looked at daily.

    >>> board = Chessboard()
    >>> pairs = [{"page": page, "size": size} for page in "abc" for size in (1280, 390)]
    >>> [tuple(pair.values()) for pair in pairs if board.is_daily("test", pair)]
    [('a', 1280), ('b', 390), ('c', 1280)]
    >>> all(board.is_daily("other", {"size": size}) for size in (1280, 390))
    True
    """

    def __init__(self):
        self.seen = {}

    def is_daily(self, test, values):
        """Whether ``./run test`` looks at a combination.

        :param str test: the name of the test
        :param dict values: of its parameters, by their names
        """
        places = [self._place(test, *pair) for pair in values.items()]
        is_matrix = len(values) > 1 and VIEWS & values.keys()
        return not is_matrix or sum(places) % 2 == 0

    def _place(self, test, name, value):
        known = self.seen.setdefault((test, name), [])
        if value not in known:
            known.append(value)
        return known.index(value)
