"""What must be known of a patient before a referral: what a provider needs in order to ring and to deliver.

Source: domain.md 2.1 (a patient must have a telephone the company can use; GSTT) and 2.2 (a registration with a
missing mandatory item is rejected).
"""

from patients.models import ContactPoint, Patient

TELEPHONE, ADDRESS, GP_PRACTICE = "telephone", "address", "gp_practice"
WORDS = {
    TELEPHONE: "a telephone number that the provider can ring",
    ADDRESS: "an address with its postcode",
    GP_PRACTICE: "the GP practice",
}
TELEPHONES = (ContactPoint.Kind.MOBILE, ContactPoint.Kind.LANDLINE)


def missing_particulars(patient: Patient) -> tuple[str, ...]:
    """Return what must still be asked for, in two or three queries. A representative's telephone will do."""
    gone = []
    if not _has_telephone(patient):
        gone.append(TELEPHONE)
    addresses = patient.addresses.filter(ends_on__isnull=True).exclude(line_1="").exclude(postcode="")
    if not addresses.exists():
        gone.append(ADDRESS)
    if not patient.gp_practice:
        gone.append(GP_PRACTICE)
    return tuple(gone)


def _has_telephone(patient: Patient) -> bool:
    own = patient.contact_points.filter(kind__in=TELEPHONES, is_usable=True, ended_on__isnull=True)
    speaks = patient.representatives.filter(ended_on__isnull=True, may_be_contacted=True).exclude(telephone="")
    return own.exists() or speaks.exists()


def in_words(missing: tuple[str, ...]) -> str:
    """Say what is missing as the end of a sentence: "a telephone number ..., and the GP practice"."""
    said = [WORDS[name] for name in missing]
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]
