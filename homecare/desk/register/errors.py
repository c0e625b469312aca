"""The refusal of a whole file."""

from homecare.core.errors import Refused


class FileRefused(Refused):
    """The file as a whole cannot be taken. The message says why in one sentence, and what to do."""

    code = "file_refused"
