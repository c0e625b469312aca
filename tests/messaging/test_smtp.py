"""E-mail by SMTP, to a real server that accepts, refuses, and hangs up at each step."""

from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from homecare.messaging.channels import Finding, Outcome, Parcel
from homecare.messaging.channels.smtp import SmtpCarrier
from homecare.messaging.rules import Answer
from tests.rig.stack import free_port

PARCEL = Parcel("00000000-0000-4000-8000-000000000001", "EMAIL", "a@example.com", "A test is due", "Call us.\n.\nBye")


class Server:
    """Answers as it is told, and keeps what it took."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.answers: dict[str, str] = {}
        self.hangs_up_at = ""

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        envelope.mail_from = address
        return self._answer(server, "MAIL")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = self._answer(server, "RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self._answer(server, "DATA")
        if answer.startswith("250"):
            self.taken.append(envelope)
        return answer

    def _answer(self, server: Any, step: str) -> str:
        if self.hangs_up_at == step:
            server.transport.abort()
        return self.answers.get(step, "250 OK")


@pytest.fixture
def server() -> Iterator[tuple[Server, SmtpCarrier]]:
    handler = Server()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    sender = "homecare@example.com"
    yield handler, SmtpCarrier(host="127.0.0.1", port=port, user="", password="", starttls=False, sender=sender)
    controller.stop()


def test_the_reference_is_the_message_id(server: tuple[Server, SmtpCarrier]) -> None:
    handler, carrier = server
    assert carrier.send(PARCEL).answer is Answer.ACCEPTED
    (taken,) = handler.taken
    assert f"Message-ID: <{PARCEL.reference}@example.com>".encode() in taken.content
    assert taken.rcpt_tos == ["a@example.com"]
    assert b"\r\n.\r\nBye" in taken.content


@pytest.mark.parametrize(
    ("step", "answer", "means"),
    [
        ("RCPT", "550 No such user", Answer.REFUSED_FOR_GOOD),
        ("RCPT", "451 Try later", Answer.REFUSED_FOR_NOW),
        ("MAIL", "550 You may not send", Answer.REFUSED_FOR_NOW),
        ("DATA", "554 Spam", Answer.REFUSED_FOR_GOOD),
        ("DATA", "452 Disk full", Answer.REFUSED_FOR_NOW),
    ],
)
def test_a_refusal_is_certain(server: tuple[Server, SmtpCarrier], step: str, answer: str, means: Answer) -> None:
    handler, carrier = server
    handler.answers[step] = answer
    assert carrier.send(PARCEL).answer is means
    assert not handler.taken


@pytest.mark.parametrize(
    ("step", "means"), [("MAIL", Answer.NEVER_LEFT), ("RCPT", Answer.NEVER_LEFT), ("DATA", Answer.UNCERTAIN)]
)
def test_hanging_up_is_uncertain_only_after_the_text(
    server: tuple[Server, SmtpCarrier], step: str, means: Answer
) -> None:
    handler, carrier = server
    handler.hangs_up_at = step
    assert carrier.send(PARCEL).answer is means


def test_a_server_that_is_not_there_got_nothing(server: tuple[Server, SmtpCarrier]) -> None:
    _, carrier = server
    carrier.port = 1
    assert carrier.send(PARCEL).answer is Answer.NEVER_LEFT


@pytest.mark.parametrize("bad", [{"to": "a@example.com\nBcc: b@example.com"}, {"subject": "x\r\nBcc: b@example.com"}])
def test_a_line_break_in_a_heading_is_refused(server: tuple[Server, SmtpCarrier], bad: dict[str, str]) -> None:
    handler, carrier = server
    values = {"reference": "r", "channel": "EMAIL", "to": "a@example.com", "subject": "s", "body": "b"} | bad
    assert carrier.send(Parcel(**values)) == Outcome(Answer.REFUSED_FOR_GOOD, error_class="ValueError")
    assert not handler.taken


def test_it_offers_no_look_up(server: tuple[Server, SmtpCarrier]) -> None:
    assert server[1].look_up("r").finding is Finding.NOT_OFFERED
