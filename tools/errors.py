class SetupError(Exception):
    """A step that failed, told as what happened and what to do.

    :param str what: what happened, in words that name the thing
    :param str remedy: what the person at the keyboard does now
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}\n{remedy}")
        self.what = what
        self.remedy = remedy
