"""GOV.UK Notify, through its own client: text messages and e-mail, looked up by reference."""

import contextlib
from typing import Any

import requests
import urllib3
from notifications_python_client.errors import APIError, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError

from homecare.messaging import crashpoints
from homecare.messaging.channels.base import CONNECT_SECONDS, TOTAL_SECONDS, Finding, LookUp, Outcome, Parcel
from homecare.messaging.models.recipients import Channel
from homecare.messaging.rules import Answer, http_answer


class _Client(NotificationsAPIClient):
    """Notify's own client, but one whose base address may have a path (the demonstration's stand-in does)."""

    def _create_request_objects(self, url: str, data: Any, params: Any) -> Any:
        base: Any = super()
        return base._create_request_objects(self.base_url.rstrip("/") + url, data, params)


class NotifyCarrier:
    """Our one template for each channel at Notify holds only ((subject)) and ((body)): the words are our rows."""

    def __init__(self, *, base_url: str, api_key: str, sms_template: str, email_template: str) -> None:
        make: Any = _Client  # the package has no types
        self.client = make(api_key, base_url=base_url, timeout=(CONNECT_SECONDS, TOTAL_SECONDS - CONNECT_SECONDS))
        self.sms_template = sms_template
        self.email_template = email_template
        if crashpoints.wanted() == "after_headers":
            self.client.request_session.mount("http://", _DiesAfterHeaders())

    def send(self, parcel: Parcel) -> Outcome:
        """Ask Notify to send; say what its answer, or the lack of one, means."""
        crashpoints.reach("before_connect")
        try:
            answer = self._ask(parcel)
        except HTTPError as error:
            return outcome_of(error)
        except APIError as error:  # an answer that is no JSON: it may have been accepted
            return Outcome(Answer.UNCERTAIN, http_status=error.status_code, error_class=type(error).__name__)
        crashpoints.reach("after_accept")
        provider_id = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(provider_id, str) or not provider_id:
            return Outcome(Answer.UNCERTAIN, http_status=201, error_class="AnswerWithoutId")
        return Outcome(Answer.ACCEPTED, provider_id=provider_id[:100], http_status=201)

    def _ask(self, parcel: Parcel) -> Any:
        if parcel.channel == Channel.SMS:
            return self.client.send_sms_notification(
                phone_number=parcel.to,
                template_id=self.sms_template,
                personalisation={"body": parcel.body},
                reference=parcel.reference,
            )
        return self.client.send_email_notification(
            email_address=parcel.to,
            template_id=self.email_template,
            personalisation={"subject": parcel.subject, "body": parcel.body},
            reference=parcel.reference,
        )

    def look_up(self, reference: str) -> LookUp:
        """Ask for the notifications of this reference; anything but a clear answer is no answer."""
        try:
            answer = self.client.get_all_notifications(reference=reference)
            found = [one for one in answer["notifications"] if one["reference"] == reference]
            if not found:
                return LookUp(Finding.ABSENT)
            return LookUp(Finding.FOUND, str(found[0]["id"])[:100], str(found[0].get("status") or "")[:40])
        except (APIError, KeyError, TypeError):
            return LookUp(Finding.UNREACHABLE)


def outcome_of(error: HTTPError) -> Outcome:
    """Say what an error of the client means. Without an answer it depends on whether anything had left us."""
    name = type(error.__cause__ or error).__name__
    if error.response is None:
        answer = Answer.NEVER_LEFT if _never_left(error.__cause__) else Answer.UNCERTAIN
        return Outcome(answer, error_class=name)
    status = error.response.status_code
    answer = http_answer(status, says_why=_says_why(error.response))
    return Outcome(answer, http_status=status, error_class=name, retry_after=_retry_after(error.response))


def _never_left(cause: BaseException | None) -> bool:
    """Say whether the connection was never made: refused, no such name, or no answer to connecting."""
    if isinstance(cause, requests.ConnectTimeout):
        return True
    reason = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    return isinstance(reason, NewConnectionError | NameResolutionError | ConnectTimeoutError)


def _says_why(response: requests.Response) -> bool:
    """Say whether the body is Notify's own error, not a page of something in between."""
    try:
        said = response.json()
    except ValueError:
        return False
    return isinstance(said, dict) and bool(said.get("errors") or said.get("message"))


def _retry_after(response: requests.Response) -> float | None:
    with contextlib.suppress(KeyError, ValueError):
        return min(max(float(response.headers["Retry-After"]), 0.0), 86400.0)
    return None


class _HeadersThenDeath(HTTPConnection):
    """A connection that sends its headers and ends the process before the body."""

    def endheaders(self, *args: Any, **kwargs: Any) -> None:
        super().endheaders(*args, **kwargs)
        crashpoints.reach("after_headers")


class _DyingPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _HeadersThenDeath


class _DiesAfterHeaders(HTTPAdapter):
    """Used only when a test asks for that crash point."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _DyingPool}
