"""Logs say what happened and never to whom; health says nothing about anybody."""

import json
import logging
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client, RequestFactory

from homecare.logs import RequestLogMiddleware, json_formatter


def logged(words: str = "failed", error: Exception | None = None) -> dict[str, Any]:
    """Return the line that a library's logger would write about an exception."""
    found = None
    if error is not None:
        try:
            raise error
        except type(error) as raised:
            found = (type(raised), raised, raised.__traceback__)
    record = logging.LogRecord("library", logging.ERROR, __file__, 1, words, None, found)
    line: dict[str, Any] = json.loads(json_formatter().format(record))
    return line


@pytest.fixture
def hospital(settings: Any) -> None:
    """Settings of a deployment with real people."""
    settings.DEMO = settings.DEBUG = False


def test_a_search_s_words_are_left_out() -> None:
    request = RequestFactory().get("/patients/", {"q": "Kowalski"})
    assert RequestLogMiddleware.format_request(request) == "GET /patients/"


@pytest.mark.usefixtures("hospital")
def test_an_exception_is_its_type_and_place_without_its_words() -> None:
    line = logged(error=IntegrityError("Key (nhs_number)=(9990000018) already exists"))
    assert line["exception"] == "IntegrityError"
    assert any("test_logs.py" in place for place in line["raised_at"])
    assert "9990000018" not in json.dumps(line)


def test_the_demonstration_keeps_the_words() -> None:
    assert logged(error=ValueError("made up"))["words"] == "made up"


def test_a_line_is_json_with_an_instant_in_utc() -> None:
    assert logged("hello")["timestamp"].endswith("Z")


@pytest.mark.django_db
def test_health_needs_neither_sign_in_nor_a_known_host_name() -> None:
    answer = Client().get("/health/", HTTP_HOST="10.0.0.7:8000")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok"})
