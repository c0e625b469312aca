"""The sign-ins of the demonstration: one for each role, printed by `make run` and shown on the sign-in page."""

from dataclasses import dataclass

from homecare.accounts import roles

PASSWORD = "homecare-demo"  # noqa: S105  # stated on purpose; these accounts exist only with DEMO=1


@dataclass(frozen=True)
class DemoSignIn:
    """A made-up member of staff."""

    username: str
    given_name: str
    family_name: str
    role: type[roles.Role]
    password: str = PASSWORD


def demo_sign_ins() -> list[DemoSignIn]:
    """Return the made-up members of staff, one for each role that signs in, in the order of the roles' table."""
    return [
        DemoSignIn("dilys", "Dilys", "Morgan", roles.Technician),
        DemoSignIn("grace", "Grace", "Okafor", roles.HomecareLead),
        DemoSignIn("priya", "Priya", "Nair", roles.ClinicalPharmacist),
        DemoSignIn("owen", "Owen", "Hughes", roles.AdministrativeSupport),
        DemoSignIn("raman", "Anil", "Raman", roles.Prescriber),
        DemoSignIn("siobhan", "Siobhan", "Kelly", roles.SpecialistNurse),
        DemoSignIn("margaret", "Margaret", "Bell", roles.ChiefPharmacist),
        DemoSignIn("tom", "Tom", "Ashworth", roles.Finance),
        DemoSignIn("ines", "Ines", "Duarte", roles.Auditor),
        DemoSignIn("karl", "Karl", "Weber", roles.SystemAdministrator),
    ]
