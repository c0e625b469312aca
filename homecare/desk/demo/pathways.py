"""How each enrolment came to its first dose, or where it is stuck: assessed, chosen, funded, registered.

Only of those who began within a year is the whole pathway on record; the others came from before this record began.
"""

import datetime as dt
import hashlib
import random

from homecare.desk.demo.at_home import Home
from homecare.desk.demo.cast import Load
from homecare.desk.demo.clocks import Clocks
from homecare.desk.demo.dealing import Deck, Weighted
from homecare.desk.demo.ledger import instant, move, path, reference
from homecare.desk.demo.sent_forms import SentForms
from homecare.desk.demo.stories import DAY
from homecare.desk.demo.ways import Way
from patients.models import CharterPoint, ConsentText, InformationLeaflet, SuitabilityChecklist, SuitabilityQuestion
from patients.pathway.milestones import Kind
from patients.pathway.requirements import Code
from patients.pathway.stages import Open

KNOWN_FOR_DAYS = 365
A_YEAR = 365
REASONS = Weighted([
    (["TRAVEL"], 20), (["TRAVEL", "WORK"], 18), (["WORK"], 16), (["DISTANCE"], 12), (["FAMILY"], 12),
    (["WAITING"], 10), (["INFECTION_RISK"], 8), (["INFECTION_RISK", "TRAVEL"], 4),
])  # fmt: skip
IN_THEIR_WORDS = Weighted([
    ("", 60), ("Two buses to the hospital, and the boys to fetch from school.", 8),
    ("Cannot get the time off work.", 10), ("Would rather not sit in the waiting room.", 8),
    ("My husband drives me and he is not well.", 7), ("It is an hour each way.", 7),
])  # fmt: skip
SYSTEMS = Weighted([("BLUETEQ", 82), ("ICB", 8), ("NHSE", 7), ("IFR", 3)])
QUERIES = Weighted([
    ("Which of the two telephone numbers is right?", 3), ("Please confirm the device: pen or syringe?", 4),
    ("The postcode is not of this street.", 3), ("Is somebody in on weekdays to sign?", 2),
])  # fmt: skip
REJECTIONS = Weighted([
    ("The prescriber's registration number is missing.", 3), ("The address is outside our area.", 1),
    ("The telephone number is not in service.", 3),
])  # fmt: skip
ADJUSTMENT = "Deliveries to a neighbour who is at home."
NOT_SUITABLE = "No fridge, and no room in anybody else's: stays with supply from the hospital."
DECLINED = "Would rather collect from the hospital."


class Pathways:
    """Writes the pathways of one load."""

    def __init__(self, load: Load, *, shuffled_by: random.Random) -> None:
        self.load = load
        self._home = Home(load, shuffled_by=shuffled_by)
        self._clocks = Clocks(load, shuffled_by=shuffled_by)
        self._checklist = SuitabilityChecklist.objects.approved().get().pk
        questions = SuitabilityQuestion.objects.filter(checklist=self._checklist, asked_of="EVERYBODY", activity="")
        self._questions = list(questions.order_by("order").values_list("pk", "concern"))
        text = ConsentText.objects.approved().get()
        self.consent_text, self.consent_version = text.pk, text.version
        self._points = list(CharterPoint.objects.filter(is_current=True).order_by("order").values_list("pk", flat=True))
        plain = InformationLeaflet.objects.filter(retired_on=None, format="STANDARD", language="English", medicine=None)
        self._leaflets = list(plain.order_by("pk").values_list("pk", flat=True))
        self._forms = SentForms()
        # Of those stuck before their registration, most wait for funding; the rest for the form to be completed.
        self._unfunded = Deck([(True, 2), (False, 1)], shuffled_by=shuffled_by)

    def add(self, rng: random.Random, way: Way) -> None:
        """Add all that is on record of an enrolment's way, if it began within the year."""
        as_at = self.load.as_at
        if (as_at - way.began_on).days > KNOWN_FOR_DAYS:
            if way.goes_on:
                self._home.add_equipment(rng, way)
                self._add_funding(rng, way, since=as_at - rng.randrange(20, A_YEAR + 15) * DAY, renewed=True)
            return
        way.met_on[Open.CONSENT] = way.on.get("consent")
        self._add_assessment(rng, way)
        self._add_choice(rng, way)
        self._add_funding(rng, way, since=way.on.get("consent", way.began_on), renewed=False)
        self._add_registration(rng, way)
        self._home.add(rng, way)
        self._clocks.add(rng, way)

    # -- suitability and choice ---------------------------------------------------------------------------------------

    def _add_assessment(self, rng: random.Random, way: Way) -> None:
        event = next((e for e in ("find_suitable", "find_not_suitable") if e in way.on), None)
        if event is None or way.kind is not Kind.START:
            return
        ledger, on = self.load.ledger, way.on[event]
        outcome, adjustments, note = "SUITABLE", "", ""
        if event == "find_not_suitable":
            outcome, note = "NOT_SUITABLE", NOT_SUITABLE
        elif rng.random() < 0.15:
            outcome, adjustments = "SUITABLE_WITH_ADJUSTMENTS", ADJUSTMENT
        worry_at = rng.randrange(len(self._questions)) if outcome != "SUITABLE" else None
        pk = ledger.assessment_ids.take()
        ledger.assessments.add(
            pk, way.enrolment, self._checklist, outcome, self.load.cast.nurse, on, on + A_YEAR * DAY, adjustments, note
        )
        for place, (question, worry) in enumerate(self._questions):
            fine = "NO" if worry == "YES" else "YES"
            ledger.suitability_answers.add(pk, question, worry if place == worry_at else fine, "")

    def _add_choice(self, rng: random.Random, way: Way) -> None:
        ledger, declined = self.load.ledger, "decline" in way.on
        on = way.on.get("decline") or way.on.get("consent")
        way.met_on[Open.CHOICE] = on
        if on is None:
            return
        pk, by_nurse = ledger.choice_ids.take(), Code.NURSE_VISITS in way.offer.asks_for
        ledger.choices.add(
            pk, way.enrolment, on, self.load.cast.nurse, "HOSPITAL" if declined else "HOMECARE", True,
            [] if declined else REASONS.draw(rng), DECLINED if declined else IN_THEIR_WORDS.draw(rng),
            "" if declined else "NURSE" if by_nurse else "SELF", "", "" if declined else "Home", "",
            way.offer.fixes_supplier, "",
        )  # fmt: skip
        for point in self._points:
            ledger.points_told.add(pk, point)
        if self._leaflets:
            ledger.leaflets_given.add(pk, rng.choice(self._leaflets), "IN_PERSON")

    # -- funding ------------------------------------------------------------------------------------------------------

    def _add_funding(self, rng: random.Random, way: Way, *, since: dt.date, renewed: bool) -> None:
        """Add leave to spend. A stuck start may wait for it; of those on treatment one in fifty has let it lapse."""
        if not way.offer.needs_funding or way.kind is Kind.TRANSFER:
            return
        waits = way.status == "CONSENTED" and self._unfunded.deal()
        way.met_on[Open.FUNDING] = None
        if not renewed and "consent" not in way.on:
            return  # asked for when the patient has agreed
        ledger, as_at = self.load.ledger, self.load.as_at
        latest = as_at if renewed else way.on.get("send_registration", as_at)
        decided_on = max(since, min(since + rng.randrange(1, 9) * DAY, latest))
        expires_on = decided_on + A_YEAR * DAY
        if expires_on < as_at and rng.random() > 0.02:
            expires_on = as_at + rng.randrange(1, 90) * DAY
        steps = path(() if waits else ("approve",), record="funding", begin="REQUESTED", first="request")
        pk, system = ledger.funding_ids.take(), SYSTEMS.draw(rng)
        number, by = f"{system[:2]}{rng.randrange(10**6):06d}", self.load.cast.technician
        days = [since, decided_on][: len(steps)]
        status = move(ledger.funding_moves, pk, steps, days, [by] * len(steps))
        ledger.fundings.add(
            pk, way.treatment, way.person.pk, system, "CONTINUATION" if renewed else "INITIATION", status,
            "" if waits else number, "2026/1", since, None if waits else decided_on, None if waits else expires_on, "",
        )  # fmt: skip
        if not waits:
            way.met_on[Open.FUNDING] = decided_on

    # -- registration -------------------------------------------------------------------------------------------------

    def _add_registration(self, rng: random.Random, way: Way) -> None:
        """Add the attempt that was sent, with what the provider said of it."""
        if "send_registration" not in way.on:
            return
        answers = {"query_registration": "QUERIED", "reject_registration": "REJECTED",
                   "acknowledge_registration": "ACKNOWLEDGED"}  # fmt: skip
        event = next((event for event in answers if event in way.on), None)
        outcome, on = (answers[event], way.on[event]) if event else ("WAITING", None)
        ledger, cast, pk = self.load.ledger, self.load.cast, self.load.ledger.registration_ids.take()
        number, sent_at = reference(rng), instant(way.on["send_registration"], 11)
        sent = self._forms.written(
            way,
            reference=number,
            at=dt.datetime.fromisoformat(sent_at),
            indication=self.load.indications[way.treatment],
            consent_version=self.consent_version,
        )
        ledger.registrations.add(
            pk, way.enrolment, way.person.pk, way.supplier.provider, number, 1,
            rng.choice(["EMAIL", "EMAIL", "PORTAL", "API"]), sent_at, cast.technician,
            sent, hashlib.sha256(sent.encode()).hexdigest(), outcome, instant(on, 15) if on else None,
            f"R{rng.randrange(10**6):06d}" if outcome == "ACKNOWLEDGED" else "",
            REJECTIONS.draw(rng) if outcome == "REJECTED" else "",
        )  # fmt: skip
        if outcome == "QUERIED" and on is not None:
            ledger.registration_queries.add(pk, QUERIES.draw(rng), instant(on, 15), way.supplier.client, "", None, None)
