"""Values made inert for spreadsheets, and read back as they were.

A CSV has no such thing as text, so a value that a spreadsheet would take for a formula, or a telephone number it would
take for a sum, gets an apostrophe in front; the last heading of our own files tells the reader to take it off again.
"""

import re
from typing import Final

REASON_HEADING: Final = "Why it was not taken"
"""The last heading of a file of rejected rows; a file that has it was written here."""

NOT_IN_A_CELL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that neither a workbook nor a CSV can hold."""

_DANGEROUS: Final = re.compile(r"'*[\s\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠]|'*[\t\r\n]")
_PLAIN_NEGATIVE: Final = re.compile(r"-\d{1,15}(\.\d{1,10})?")


def inert(text: str) -> str:
    """Return a CSV value that no spreadsheet takes for a formula. Negative numbers stay as they are."""
    text = NOT_IN_A_CELL.sub("", text)
    if _DANGEROUS.match(text) and not _PLAIN_NEGATIVE.fullmatch(text):
        return "'" + text
    return text


def as_written(text: str) -> str:
    """Return what `inert` was given."""
    if text.startswith("'") and _DANGEROUS.match(text[1:]):
        return text[1:]
    return text
