"""E-mail by SMTP, for hospitals that relay their own mail. It offers no look-up: a lost answer stays uncertain."""

import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from homecare.messaging import crashpoints
from homecare.messaging.channels.base import TOTAL_SECONDS, Finding, LookUp, Outcome, Parcel
from homecare.messaging.rules import Answer


class _StepRefusedError(Exception):
    """The server refused a step of the message, in words."""

    def __init__(self, code: int, step: str) -> None:
        super().__init__(step)
        self.code = code
        self.step = step


class SmtpCarrier:
    """One connection for each message: slow, and nothing to leave half open."""

    def __init__(self, *, host: str, port: int, user: str, password: str, starttls: bool, sender: str) -> None:
        self.host, self.port, self.user, self.password = host, port, user, password
        self.starttls, self.sender = starttls, sender

    def send(self, parcel: Parcel) -> Outcome:
        """Hand the message to the server. What was lost before DATA never left; after it, nobody knows."""
        try:
            letter = self.letter(parcel).as_bytes()
        except ValueError as error:  # a line break in an address or a subject
            return Outcome(Answer.REFUSED_FOR_GOOD, error_class=type(error).__name__)
        crashpoints.reach("before_connect")
        try:
            server = smtplib.SMTP(self.host, self.port, timeout=TOTAL_SECONDS)
        except (OSError, smtplib.SMTPException) as error:
            return _not_taken(error)
        try:
            return self._hand_over(server, parcel, letter)
        finally:
            server.close()

    def _hand_over(self, server: smtplib.SMTP, parcel: Parcel, letter: bytes) -> Outcome:
        try:
            self._introduce(server)
            _expect(server.mail(self.sender), "MAIL")
            _expect(server.rcpt(parcel.to), "RCPT")
        except _StepRefusedError as refused:
            return _refused(refused)
        except (OSError, smtplib.SMTPException) as error:
            return _not_taken(error)
        try:
            answer = server.data(letter)
            crashpoints.reach("after_accept")
            _expect(answer, "DATA")
        except _StepRefusedError as refused:
            return _refused(refused)
        except smtplib.SMTPDataError as error:  # refused at the word DATA itself: nothing was taken
            return _refused(_StepRefusedError(error.smtp_code, "DATA"))
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Answer.UNCERTAIN, error_class=type(error).__name__)
        return Outcome(Answer.ACCEPTED, provider_id=parcel.reference, http_status=answer[0])

    def _introduce(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self.starttls:
            server.starttls()
            server.ehlo()
        if self.user:
            server.login(self.user, self.password)

    def letter(self, parcel: Parcel) -> EmailMessage:
        """Return the letter; its Message-ID is the reference, so that the hospital's mail log can be searched."""
        letter = EmailMessage(policy=SMTP)  # lines end as the protocol wants them
        letter["From"] = self.sender
        letter["To"] = parcel.to
        letter["Subject"] = parcel.subject
        letter["Date"] = formatdate()
        letter["Message-ID"] = f"<{parcel.reference}@{self.sender.rpartition('@')[2] or 'localhost'}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(parcel.body)
        return letter

    def look_up(self, reference: str) -> LookUp:
        """Say that it cannot be looked up."""
        return LookUp(Finding.NOT_OFFERED)


def _expect(answer: tuple[int, bytes], step: str) -> None:
    if not 200 <= answer[0] < 300:
        raise _StepRefusedError(answer[0], step)


def _refused(refused: _StepRefusedError) -> Outcome:
    """A refused sender address is our own trouble; a refused recipient or text is this message's."""
    for_good = refused.code >= 500 and refused.step != "MAIL"
    answer = Answer.REFUSED_FOR_GOOD if for_good else Answer.REFUSED_FOR_NOW
    return Outcome(answer, http_status=refused.code if refused.code > 0 else None, error_class=refused.step)


def _not_taken(error: Exception) -> Outcome:
    """Before the text was handed over, nothing can have been sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        return Outcome(Answer.REFUSED_FOR_NOW, http_status=error.smtp_code, error_class=type(error).__name__)
    return Outcome(Answer.NEVER_LEFT, error_class=type(error).__name__)
