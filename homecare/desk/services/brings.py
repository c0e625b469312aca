"""What an activity of a service brings for each of its patients: what a start or the next review then requires.

Activities drive the work, the tier only sums them up: complex work adds to that of the tier beneath it.
An activity that is not named here is done by the provider within its ordinary work.
"""

from collections.abc import Collection, Mapping
from typing import Final

BRINGS: Final[Mapping[str, str]] = {
    "TRAINING_AND_COMPETENCY": "training, and a signed competency",
    "BASIC_ASEPTIC_TECHNIQUE": "basic aseptic technique in the training",
    "ADVANCED_ASEPTIC_TECHNIQUE": "advanced aseptic technique in the training, and the equipment for it",
    "ADMINISTERED_BY_PROFESSIONAL": "a nurse's visit for each dose",
    "INTRAVENOUS_INFUSION": "access for infusions, and who looks after it",
    "CLINICAL_PROTOCOL": "a protocol with its limits and whom to call beyond them",
    "CLINICAL_SUPPORT_OR_TESTING": "tests that the provider takes, and who reads them",
    "BESPOKE_SOLUTION": "an individual care plan that a pharmacist approves",
    "HOME_ADAPTATION": "the home adapted, with its dates",
    "EQUIPMENT_INSTALLED": "equipment installed, with its dates and service",
    "REFRIGERATION_PROVIDED": "a fridge delivered and on record",
    "SPECIAL_STORAGE": "a place at home where it can be stored as it must be",
    "COMPLIANCE_PROGRAMME": "the programme explained and agreed",
    "UNLICENSED_MEDICINE": "an explanation that the medicine is unlicensed",
}


def what_it_brings(*, before: Collection[str], after: Collection[str]) -> tuple[list[str], list[str]]:
    """Return what these activities newly require of a patient's start, and what they no longer do."""
    new = [words for code, words in BRINGS.items() if code in after and code not in before]
    gone = [words for code, words in BRINGS.items() if code in before and code not in after]
    return new, gone
