"""What the tests of the desk's pages share: somebody signed in, and the text of a page."""

import datetime as dt
import re
from html import unescape

from django.test import Client

from homecare.accounts.models import User
from homecare.audit.actions import acting
from patients.models import Enrolment
from tests.factories import NOON, EnrolmentFactory, PatientFactory, TreatmentFactory, UserFactory, enrolment_with_cover

TODAY = NOON.date()


def person(role: str) -> User:
    """Return somebody in this role."""
    with acting(by=User.objects.system("command")):
        return UserFactory(role=role)


def browser(role: str = "TECHNICIAN") -> Client:
    """Return a browser in which somebody in this role has signed in."""
    client = Client()
    client.force_login(person(role))
    return client


def text(response) -> str:
    """Return the words of a page, without its markup."""
    html = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def treated(family_name: str = "O'Brien", *, units: int = 2, consent: bool = True, **patient: object) -> Enrolment:
    """Return an active enrolment of somebody with this name, counted today."""
    with acting(by=User.objects.system("command")):
        somebody = PatientFactory(family_name=family_name, given_name="Siobhan", **patient)
        treatment = TreatmentFactory(patient=somebody)
    return enrolment_with_cover(as_at=TODAY, units=units, consent=consent, treatment=treatment)


def enrolled(**fields: object) -> Enrolment:
    """Return an active enrolment of which nothing more is known."""
    with acting(by=User.objects.system("command")):
        return EnrolmentFactory(**fields)


def at(hours: int = 0) -> dt.datetime:
    """Return noon, or some hours later."""
    return NOON + dt.timedelta(hours=hours)
