"""JSON in and out: fast out, strict in."""

from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from providers.api.problems import TooLarge

LIMIT = 64 * 1024


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    raise TypeError


class FastJSONRenderer(BaseRenderer):
    """Plain values, dates and identifiers to JSON."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return the JSON."""
        return b"" if data is None else orjson.dumps(data, default=_plain)


class StrictJSONParser(BaseParser):
    """One JSON object, of at most 64 KiB, in UTF-8."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the object, or refuse."""
        body = stream.read(LIMIT + 1)
        if len(body) > LIMIT:
            raise TooLarge
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
        if not isinstance(document, dict):
            raise ParseError("The body must be one JSON object.")
        return document
