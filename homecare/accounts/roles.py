"""Who may do what: one class for each role (docs: domain 1.2). A page prints this table."""

from typing import ClassVar

from homecare.accounts.permissions import Permission

LOOK = frozenset(
    {Permission.PATIENT_VIEW, Permission.CLINICAL_VIEW, Permission.MESSAGE_VIEW, Permission.DASHBOARD_VIEW}
)
TEAM_WORK = LOOK | {
    Permission.PATIENT_EDIT,
    Permission.CONSENT_RECORD,
    Permission.ENROLMENT_EDIT,
    Permission.ENROLMENT_SUSPEND,
    Permission.SUITABILITY_ASSESS,
    Permission.FUNDING_RECORD,
    Permission.VISIT_RECORD,
    Permission.REGISTRATION_ANSWER,
    Permission.DEATH_RECORD,
    Permission.PROVIDER_TELL,
    Permission.REGISTER_IMPORT,
    Permission.LAB_RESULTS_IMPORT,
    Permission.STOCK_COUNT_RECORD,
    Permission.RENEWAL_OPEN,
    Permission.RENEWAL_EDIT,
    Permission.PRESCRIPTION_RECORD,
    Permission.PRESCRIPTION_SIGNED_RECORD,
    Permission.PRESCRIPTION_SEND,
    Permission.PRESCRIPTION_ACKNOWLEDGE,
    Permission.PRESCRIPTION_CANCEL,
    Permission.DELIVERY_RECORD,
    Permission.MONITORING_EDIT,
    Permission.MESSAGE_RESOLVE,
}


class Role:
    """What a person in this role is called, does, and may do."""

    name: ClassVar[str]
    display_name: ClassVar[str]
    description: ClassVar[str]
    permissions: ClassVar[frozenset[Permission]]
    home: ClassVar[str] = "today"  # the name of the page they land on
    first_queue: ClassVar[str] = "prescriptions_needed"  # what Today opens on


class Technician(Role):
    """Runs the day: registration, chasing, sending, deliveries."""

    name = "TECHNICIAN"
    display_name = "Homecare technician"
    description = "Runs the day: registration, chasing, sending, deliveries. May not screen or prescribe."
    permissions = TEAM_WORK


class HomecareLead(Role):
    """Runs the service and approves its settings."""

    name = "HOMECARE_LEAD"
    display_name = "Homecare lead"
    description = "Runs the service: all of a technician's work, held messages, medicines, providers and protocols."
    permissions = TEAM_WORK | {
        Permission.DEATH_UNDO,
        Permission.TRANSFER_IN_BULK,
        Permission.REGIMEN_EDIT,
        Permission.PROTOCOL_APPROVE,
        Permission.REFERENCE_EDIT,
        Permission.BATCH_RELEASE,
        Permission.KILL_SWITCH,
        Permission.AUDIT_VIEW,
        Permission.FINANCE_VIEW,
    }


class ClinicalPharmacist(Role):
    """Screens prescriptions that somebody else wrote."""

    name = "CLINICAL_PHARMACIST"
    display_name = "Clinical pharmacist"
    description = "Clinically screens prescriptions (never their own), reviews results, sets regimens."
    first_queue = "to_screen"
    permissions = LOOK | {
        Permission.CONSENT_RECORD,
        Permission.ENROLMENT_EDIT,
        Permission.ENROLMENT_SUSPEND,
        Permission.SUITABILITY_ASSESS,
        Permission.FUNDING_RECORD,
        Permission.VISIT_RECORD,
        Permission.CARE_PLAN_APPROVE,
        Permission.DEATH_RECORD,
        Permission.PROVIDER_TELL,
        Permission.STOCK_COUNT_RECORD,
        Permission.REGIMEN_EDIT,
        Permission.RENEWAL_OPEN,
        Permission.RENEWAL_EDIT,
        Permission.PRESCRIPTION_SCREEN,
        Permission.PRESCRIPTION_CANCEL,
        Permission.MONITORING_EDIT,
        Permission.RESULT_REVIEW,
        Permission.PROTOCOL_APPROVE,
    }


class AdministrativeSupport(Role):
    """Answers the telephone, keeps contacts right; writes nothing clinical."""

    name = "ADMINISTRATIVE_SUPPORT"
    display_name = "Administrative support"
    description = "Keeps contacts right and chases. Writes nothing clinical."
    permissions = frozenset(
        {
            Permission.PATIENT_VIEW,
            Permission.PATIENT_EDIT,
            Permission.PROVIDER_TELL,
            Permission.RENEWAL_OPEN,
            Permission.MESSAGE_VIEW,
            Permission.MESSAGE_RESOLVE,
            Permission.DASHBOARD_VIEW,
        }
    )


class Prescriber(Role):
    """Signs prescriptions and answers requests for them."""

    name = "PRESCRIBER"
    display_name = "Prescriber"
    description = "Answers requests for prescriptions and signs them. Never screens."
    permissions = LOOK | {
        Permission.ENROLMENT_SUSPEND,
        Permission.SUITABILITY_ASSESS,
        Permission.FUNDING_RECORD,
        Permission.DEATH_RECORD,
        Permission.REGIMEN_EDIT,
        Permission.RENEWAL_EDIT,
        Permission.PRESCRIPTION_RECORD,
        Permission.PRESCRIPTION_SIGNED_RECORD,
        Permission.PRESCRIPTION_CANCEL,
        Permission.RESULT_REVIEW,
    }


class SpecialistNurse(Role):
    """Answers requests for prescriptions, and keeps tests and reviews."""

    name = "SPECIALIST_NURSE"
    display_name = "Specialist nurse"
    description = "Answers requests for prescriptions for the clinic, records tests, reviews and consent."
    permissions = LOOK | {
        Permission.CONSENT_RECORD,
        Permission.ENROLMENT_SUSPEND,
        Permission.SUITABILITY_ASSESS,
        Permission.FUNDING_RECORD,
        Permission.VISIT_RECORD,
        Permission.DEATH_RECORD,
        Permission.PROVIDER_TELL,
        Permission.STOCK_COUNT_RECORD,
        Permission.RENEWAL_OPEN,
        Permission.RENEWAL_EDIT,
        Permission.MONITORING_EDIT,
        Permission.RESULT_REVIEW,
    }


class ChiefPharmacist(Role):
    """Answers for all of it as the Responsible Officer."""

    name = "CHIEF_PHARMACIST"
    display_name = "Chief Pharmacist"
    description = "The Responsible Officer: sees everything, approves services and protocols, can stop all sending."
    permissions = LOOK | {
        Permission.DEATH_UNDO,
        Permission.PROTOCOL_APPROVE,
        Permission.SERVICE_APPROVE,
        Permission.BATCH_RELEASE,
        Permission.KILL_SWITCH,
        Permission.AUDIT_VIEW,
        Permission.FINANCE_VIEW,
    }
    home = "overview"


class Finance(Role):
    """Matches orders and invoices; sees nothing clinical."""

    name = "FINANCE"
    display_name = "Finance"
    description = "Matches orders and invoices. Sees no indication, result or clinical note."
    permissions = frozenset({Permission.PATIENT_VIEW, Permission.FINANCE_VIEW, Permission.DASHBOARD_VIEW})
    home = "overview"


class Auditor(Role):
    """Reads everything and the record of who did and saw what; changes nothing."""

    name = "AUDITOR"
    display_name = "Auditor"
    description = "Reads everything, and who changed and saw it. Changes nothing."
    permissions = LOOK | {Permission.AUDIT_VIEW, Permission.FINANCE_VIEW}
    home = "overview"


class SystemAdministrator(Role):
    """Adds people and keeps the machine going; sees no patient."""

    name = "SYSTEM_ADMINISTRATOR"
    display_name = "System administrator"
    description = "Adds people, gives roles, keeps the machine going. Sees no patient."
    permissions = frozenset({Permission.USER_MANAGE, Permission.SYSTEM_RUN})
    home = "people"


class ProviderClient(Role):
    """A provider's own system, by the API only, and only for its own patients."""

    name = "PROVIDER_CLIENT"
    display_name = "Provider client"
    description = "A provider's own system: acknowledges and reports deliveries by the API, for its own patients only."
    permissions = frozenset(
        {
            Permission.PATIENT_VIEW,
            Permission.PRESCRIPTION_ACKNOWLEDGE,
            Permission.DELIVERY_RECORD,
            Permission.REGISTRATION_ANSWER,
            Permission.VISIT_RECORD,
        }
    )


class SystemActor(Role):
    """A job of the service; never a judgement that needs a person."""

    name = "SYSTEM_ACTOR"
    display_name = "System actor"
    description = "A named job of the service. Never approves, screens, signs or releases."
    permissions = frozenset(Permission) - {
        Permission.PRESCRIPTION_SCREEN,
        Permission.PRESCRIPTION_SIGNED_RECORD,
        Permission.RESULT_REVIEW,
        Permission.PROTOCOL_APPROVE,
        Permission.SERVICE_APPROVE,
        Permission.CARE_PLAN_APPROVE,
        Permission.BATCH_RELEASE,
        Permission.DEATH_UNDO,
    }


class Demonstration(Role):
    """The loader of the made-up hospital, which plays every part."""

    name = "DEMONSTRATION"
    display_name = "Demonstration"
    description = "Loads the made-up hospital, playing every part. Holds nothing unless DEMO=1."
    permissions = frozenset(Permission)


HUMAN_ROLES: tuple[type[Role], ...] = (
    Technician,
    HomecareLead,
    ClinicalPharmacist,
    AdministrativeSupport,
    Prescriber,
    SpecialistNurse,
    ChiefPharmacist,
    Finance,
    Auditor,
    SystemAdministrator,
)
ROLES: tuple[type[Role], ...] = (*HUMAN_ROLES, ProviderClient, SystemActor, Demonstration)
BY_NAME: dict[str, type[Role]] = {role.name: role for role in ROLES}
CHOICES: list[tuple[str, str]] = [(role.name, role.display_name) for role in ROLES]

SYSTEM_ACTORS: dict[str, type[Role]] = {
    "sweep": SystemActor,
    "outbox": SystemActor,
    "register_import": SystemActor,
    "lab_import": SystemActor,
    "reference": SystemActor,
    "transfers": SystemActor,
    "worker": SystemActor,
    "command": SystemActor,
    "demo": Demonstration,
}


def named(name: str) -> type[Role] | None:
    """Return the role of this name, or nothing."""
    return BY_NAME.get(name)


def holders(permission: Permission) -> list[type[Role]]:
    """Return the human roles that hold a permission, in the order of the table."""
    return [role for role in HUMAN_ROLES if permission in role.permissions]
