"""Open a workbook's zip container only after looking at what it claims and what it really holds."""

import stat
import struct
import zipfile
from collections.abc import Iterator
from typing import IO, Final

from homecare.desk.register import limits
from homecare.desk.register.errors import FileRefused

CHUNK: Final = 256 * 1024
_END_RECORD: Final = b"PK\x05\x06"
_END_RECORD_SIZE: Final = 22
_ZIP64_LOCATOR: Final = b"PK\x06\x07"
_ENCRYPTED: Final = 0x1
_NOT_A_WORKBOOK = "This file is damaged, or is not an Excel workbook: open it in Excel and save it again as .xlsx."


def open_container(file: IO[bytes]) -> zipfile.ZipFile:
    """Return the opened container, or refuse it before anything is inflated."""
    _check_directory(file)
    try:
        container = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error, UnicodeError):
        raise FileRefused(_NOT_A_WORKBOOK) from None
    _check_parts(container.infolist())
    return container


def inflate(container: zipfile.ZipFile, name: str, *, at_most: int) -> Iterator[bytes]:
    """Yield a part's bytes, counting what really comes out, and refuse when it is more than it may be."""
    total = 0
    try:
        with container.open(name) as part:
            while chunk := part.read(CHUNK):
                total += len(chunk)
                if total > at_most:
                    raise FileRefused(_too_big(at_most))
                yield chunk
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error):
        raise FileRefused(_NOT_A_WORKBOOK) from None
    except Exception as error:
        if error.__class__.__module__ == "zlib":
            raise FileRefused(_NOT_A_WORKBOOK) from None
        raise


def _too_big(at_most: int) -> str:
    return (
        f"This workbook unpacks to more than {at_most // limits.MEGABYTE} MB: it is not a register, and was not read."
    )


def _check_directory(file: IO[bytes]) -> None:
    """Measure the list of parts before zipfile reads it whole: a million empty parts would fill the memory."""
    size = file.seek(0, 2)
    start = max(0, size - 65_535 - _END_RECORD_SIZE)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END_RECORD)
    if at < 0 or len(tail) - at < _END_RECORD_SIZE:
        raise FileRefused(_NOT_A_WORKBOOK)
    (directory_bytes,) = struct.unpack_from("<L", tail, at + 12)
    is_zip64 = at >= 20 and tail[at - 20 : at - 16] == _ZIP64_LOCATOR
    if is_zip64 or directory_bytes > limits.MAX_DIRECTORY_BYTES:
        raise FileRefused("This workbook holds far more parts than a register does: it was not read.")


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > limits.MAX_PARTS:
        raise FileRefused(f"This workbook holds more than {limits.MAX_PARTS:,} parts: it was not read.")
    if len({part.filename for part in parts}) != len(parts):
        raise FileRefused("This workbook holds two parts of one name: it was not read.")
    if sum(part.file_size for part in parts) > limits.MAX_INFLATED_BYTES:
        raise FileRefused(_too_big(limits.MAX_INFLATED_BYTES))
    for part in parts:
        _check_part(part)
    _check_overlap(parts)


def _check_part(part: zipfile.ZipInfo) -> None:
    name = part.orig_filename
    pieces = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in pieces or ":" in name or "\0" in name:
        raise FileRefused("A part of this workbook points outside it: it was not read.")
    if stat.S_ISLNK(part.external_attr >> 16):
        raise FileRefused("A part of this workbook is a link to another file: it was not read.")
    if part.flag_bits & _ENCRYPTED:
        raise FileRefused("This workbook is protected by a password: save it without one and try again.")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused("This workbook is packed in a way that Excel does not use: it was not read.")


def _check_overlap(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse parts that share bytes: the trick by which a small zip claims petabytes."""
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            raise FileRefused("Parts of this workbook lie on top of each other: it was not read.")
        end = part.header_offset + 30 + len(part.orig_filename) + part.compress_size
