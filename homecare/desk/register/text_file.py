"""Read a CSV file as a stream of records: its encoding made sure of, its own line numbers, and no endless lines."""

import codecs
import csv
import re
from collections.abc import Iterator
from typing import IO, Final

from homecare.desk.register import limits
from homecare.desk.register.errors import FileRefused

_CHUNK: Final = 1 * limits.MEGABYTE
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
_UNDEFINED_1252: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_UTF8_PAIR: Final = re.compile(rb"[\xc3\xc2][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]")
_HIGH: Final = bytes(range(128, 256))
_MOST_HIGH: Final = 0.1
_DELIMITERS: Final = ",;\t|"
_SAVE_UTF8 = "save it from Excel as “CSV UTF-8 (comma delimited)” and try again"


class TextFile:
    """An opened CSV file: its encoding and delimiter found out, its records read as they are asked for."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.encoding = find_encoding(file)
        self.delimiter = self._find_delimiter()

    @property
    def encoding_note(self) -> str:
        """What to tell the person about the encoding; nothing when it is as it should be."""
        if self.encoding != "cp1252":
            return ""
        return "The file is not UTF-8; it was read as Windows-1252. Look at names with accents before you commit."

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each record that is not empty, with the number of the line on which it begins."""
        lines = _Lines(self._file, self.encoding)
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        began = 1
        try:
            for record in reader:
                if record:
                    yield began, record
                lines.end_record()
                began = lines.number + 1
        except csv.Error:
            raise FileRefused(
                f"Line {began} cannot be read: a quotation mark is opened and not closed, or stands within a value."
            ) from None

    def _find_delimiter(self) -> str:
        first = "".join(line for line, _ in zip(_Lines(self._file, self.encoding), range(60), strict=False))
        counted = {mark: first.count(mark) for mark in _DELIMITERS}
        return max(_DELIMITERS, key=lambda mark: counted[mark])


class _Lines:
    """The physical lines, counted, and refused when one line or one record has no end."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        file.seek(0)
        self._text = codecs.getreader(encoding)(file, "strict")
        self._pending = self._split()
        self.number = 0
        self._record_lines = self._record_chars = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._pending)
        self.number += 1
        self._record_lines += 1
        self._record_chars += len(line)
        if self._record_chars > limits.MAX_RECORD_CHARS or self._record_lines > limits.MAX_RECORD_LINES:
            began = self.number - self._record_lines + 1
            raise FileRefused(
                f"The record that begins on line {began} does not end: a quotation mark or a line break is missing."
            )
        return line

    def end_record(self) -> None:
        """Begin counting anew after a whole record."""
        self._record_lines = self._record_chars = 0

    def _split(self) -> Iterator[str]:
        """Split at line feeds, carriage returns and both together, and at nothing else (a note may hold U+2028)."""
        rest = ""
        while piece := self._text.read(_CHUNK // 4):
            lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", rest + piece) if "\r" in piece or "\r" in rest else None
            lines = lines if lines is not None else _keep_ends(rest + piece)
            rest = lines.pop()
            if rest == "" and lines and lines[-1].endswith("\r"):
                rest = lines.pop()  # the line feed may be in the next piece
            yield from lines
            if len(rest) > limits.MAX_RECORD_CHARS:
                yield rest
                rest = ""
        if rest:
            yield rest


def _keep_ends(text: str) -> list[str]:
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + [lines[-1]]


def find_encoding(file: IO[bytes]) -> str:
    """Return `utf-8-sig`, `utf-8` or `cp1252`, or refuse a file that is none of them."""
    file.seek(0)
    head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        raise FileRefused(f"This file is “Unicode text” (UTF-16): {_SAVE_UTF8}.")
    marked = head.startswith(codecs.BOM_UTF8)
    is_utf8, high, size, pairs, undefined = _survey(file)
    if is_utf8:
        return "utf-8-sig" if marked else "utf-8"
    if marked or pairs:
        raise FileRefused(f"This file mixes two encodings, so that names would be spoilt: {_SAVE_UTF8}.")
    if undefined or high > size * _MOST_HIGH:
        raise FileRefused(f"This file's encoding is not one that is known here: {_SAVE_UTF8}.")
    return "cp1252"


def _survey(file: IO[bytes]) -> tuple[bool, int, int, bool, bool]:
    """Go through the bytes once: is it UTF-8, how many bytes are not ASCII, are there traces of mixed encodings."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    is_utf8, pairs, undefined = True, False, False
    high = size = 0
    while chunk := file.read(_CHUNK):
        if _CONTROL.search(chunk):
            raise FileRefused("This is not a text file: a register is an Excel workbook (.xlsx) or a CSV file.")
        size += len(chunk)
        high += len(chunk) - len(chunk.translate(None, _HIGH))
        pairs = pairs or _UTF8_PAIR.search(chunk) is not None
        undefined = undefined or _UNDEFINED_1252.search(chunk) is not None
        is_utf8 = is_utf8 and _decodes(decoder, chunk)
    if is_utf8:
        is_utf8 = _decodes(decoder, b"", final=True)
    return is_utf8, high, size, pairs, undefined


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
