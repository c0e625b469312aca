"""Refusals: what the system will not do, in words that say what to do instead."""


class Refused(Exception):  # noqa: N818 — said as people say it
    """A deed was refused. The message is shown to the person who asked; it says what to do."""

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class NotAllowed(Refused):
    """The person who asked may not do this."""

    code = "not_allowed"


class IllegalMove(Refused):
    """The record's present status does not allow this move; says who brought it there, and when, where that is known.

    `rule` is what it says without anybody's name.
    """

    code = "illegal_move"

    def __init__(self, rule: str, *, latest: str = "") -> None:
        super().__init__(f"{latest} {rule}".strip())
        self.rule = rule


class Stale(Refused):
    """Somebody else changed the record in the meantime."""

    code = "stale"
