"""What a provider may be shown: the rule, and the query that says the same."""

import datetime as dt
import itertools

import pytest

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.models import Consent, Enrolment
from patients.models.sharing import sharing_of, still_shared
from patients.pathway.sharing import GivenConsent, Sharing, refusal_to_send, refusal_to_show
from tests.factories import EnrolmentFactory, ProviderFactory

OPEN, WITHDRAWN = GivenConsent(), GivenConsent(is_withdrawn=True)
MINE, ANOTHER = GivenConsent(sharing_with=1), GivenConsent(sharing_with=2)


@pytest.mark.parametrize(
    ("status", "consents", "is_assumed", "shown", "sent"),
    [
        ("ACTIVE", (OPEN,), False, True, True),
        ("ACTIVE", (MINE,), False, True, True),
        ("ACTIVE", (ANOTHER,), False, False, False),
        ("ACTIVE", (WITHDRAWN,), False, False, False),
        ("ACTIVE", (WITHDRAWN,), True, False, False),
        ("ACTIVE", (WITHDRAWN, MINE), False, True, True),
        ("ACTIVE", (GivenConsent(True, 1), ANOTHER), False, False, False),
        ("ACTIVE", (), False, True, False),
        ("ACTIVE", (), True, True, True),
        ("TRANSFERRING", (MINE,), False, True, True),
        ("TRANSFERRED", (MINE,), False, False, False),
        ("WITHDRAWN", (MINE,), False, False, False),
        ("STOPPED", (MINE,), False, True, True),
    ],
)
def test_what_may_be_shared(
    status: str, consents: tuple[GivenConsent, ...], is_assumed: bool, shown: bool, sent: bool
) -> None:
    asked = Sharing(status=status, provider=1, consents=consents, is_assumed=is_assumed)
    assert (refusal_to_show(asked) == "", refusal_to_send(asked) == "") == (shown, sent)


@pytest.mark.django_db
def test_the_query_and_the_rule_agree() -> None:
    kinds = [(), ("open",), ("mine",), ("another",), ("withdrawn",), ("withdrawn", "mine"), ("withdrawn", "another")]
    with acting(by=User.objects.system("command")):
        another = ProviderFactory()
        for kind, status in itertools.product(kinds, ["ACTIVE", "TRANSFERRED", "WITHDRAWN", "CONSENTED"]):
            enrolment = EnrolmentFactory(status=status)
            named = {"mine": enrolment.service.provider, "another": another}
            for one in kind:
                Consent.objects.create(
                    enrolment=enrolment,
                    version="1",
                    method="TELEPHONE",
                    given_on=dt.date(2026, 1, 5),
                    sharing_with=named.get(one),
                    withdrawn_on=dt.date(2026, 2, 1) if one == "withdrawn" else None,
                )
    by_query = set(Enrolment.objects.filter(still_shared(enrolment="", provider="service__provider_id")))
    everybody = list(Enrolment.objects.select_related("service"))
    by_rule = {enrolment for enrolment in everybody if not refusal_to_show(sharing_of(enrolment))}
    assert by_query == by_rule
    assert 0 < len(by_rule) < len(everybody) == 28
