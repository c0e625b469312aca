"""What may be done: one list of permissions; who may do it is in roles.py."""

from enum import StrEnum
from typing import Protocol

from homecare.core.errors import NotAllowed


class Permission(StrEnum):
    """Every deed and every kind of looking that is asked about before it happens."""

    PATIENT_VIEW = "patient_view"
    CLINICAL_VIEW = "clinical_view"
    PATIENT_EDIT = "patient_edit"
    CONSENT_RECORD = "consent_record"
    ENROLMENT_EDIT = "enrolment_edit"
    ENROLMENT_SUSPEND = "enrolment_suspend"
    SUITABILITY_ASSESS = "suitability_assess"
    FUNDING_RECORD = "funding_record"
    VISIT_RECORD = "visit_record"
    CARE_PLAN_APPROVE = "care_plan_approve"
    REGISTRATION_ANSWER = "registration_answer"
    DEATH_RECORD = "death_record"
    DEATH_UNDO = "death_undo"
    PROVIDER_TELL = "provider_tell"
    TRANSFER_IN_BULK = "transfer_in_bulk"
    REGISTER_IMPORT = "register_import"
    LAB_RESULTS_IMPORT = "lab_results_import"
    STOCK_COUNT_RECORD = "stock_count_record"
    REGIMEN_EDIT = "regimen_edit"
    RENEWAL_OPEN = "renewal_open"
    RENEWAL_EDIT = "renewal_edit"
    PRESCRIPTION_RECORD = "prescription_record"
    PRESCRIPTION_SIGNED_RECORD = "prescription_signed_record"
    PRESCRIPTION_SCREEN = "prescription_screen"
    PRESCRIPTION_SEND = "prescription_send"
    PRESCRIPTION_ACKNOWLEDGE = "prescription_acknowledge"
    PRESCRIPTION_CANCEL = "prescription_cancel"
    DELIVERY_RECORD = "delivery_record"
    MONITORING_EDIT = "monitoring_edit"
    RESULT_REVIEW = "result_review"
    PROTOCOL_APPROVE = "protocol_approve"
    REFERENCE_EDIT = "reference_edit"
    SERVICE_APPROVE = "service_approve"
    MESSAGE_VIEW = "message_view"
    MESSAGE_RESOLVE = "message_resolve"
    BATCH_RELEASE = "batch_release"
    KILL_SWITCH = "kill_switch"
    DASHBOARD_VIEW = "dashboard_view"
    AUDIT_VIEW = "audit_view"
    FINANCE_VIEW = "finance_view"
    USER_MANAGE = "user_manage"
    SYSTEM_RUN = "system_run"

    @property
    def words(self) -> str:
        """What the permission allows, finishing the sentence "may ..."."""
        return WORDS[self]


WORDS: dict[Permission, str] = {
    Permission.PATIENT_VIEW: "see patients",
    Permission.CLINICAL_VIEW: "see indications, results and clinical notes",
    Permission.PATIENT_EDIT: "change a patient's details and contacts",
    Permission.CONSENT_RECORD: "record consent and its withdrawal",
    Permission.ENROLMENT_EDIT: "enrol patients and change enrolments",
    Permission.ENROLMENT_SUSPEND: "suspend and resume an enrolment",
    Permission.SUITABILITY_ASSESS: "assess whether homecare is suitable",
    Permission.FUNDING_RECORD: "record funding approvals",
    Permission.VISIT_RECORD: "plan visits and record them",
    Permission.CARE_PLAN_APPROVE: "approve an individual care plan",
    Permission.REGISTRATION_ANSWER: "record what a provider answered to a registration",
    Permission.DEATH_RECORD: "record a death",
    Permission.DEATH_UNDO: "take back a death recorded by mistake",
    Permission.PROVIDER_TELL: "tell a provider of a change and record that it knows",
    Permission.TRANSFER_IN_BULK: "move a whole list of patients off a provider",
    Permission.REGISTER_IMPORT: "import a register",
    Permission.LAB_RESULTS_IMPORT: "import laboratory results",
    Permission.STOCK_COUNT_RECORD: "record what a patient has at home",
    Permission.REGIMEN_EDIT: "change a regimen",
    Permission.RENEWAL_OPEN: "ask for a prescription",
    Permission.RENEWAL_EDIT: "answer a request for a prescription",
    Permission.PRESCRIPTION_RECORD: "write up a prescription",
    Permission.PRESCRIPTION_SIGNED_RECORD: "record a prescription as signed",
    Permission.PRESCRIPTION_SCREEN: "clinically screen a prescription",
    Permission.PRESCRIPTION_SEND: "send a prescription to the provider",
    Permission.PRESCRIPTION_ACKNOWLEDGE: "record that the provider has a prescription",
    Permission.PRESCRIPTION_CANCEL: "cancel a prescription",
    Permission.DELIVERY_RECORD: "record a delivery",
    Permission.MONITORING_EDIT: "plan blood tests and record them as done",
    Permission.RESULT_REVIEW: "review results",
    Permission.PROTOCOL_APPROVE: "approve a monitoring protocol",
    Permission.REFERENCE_EDIT: "change medicines, providers and services",
    Permission.SERVICE_APPROVE: "approve a homecare service",
    Permission.MESSAGE_VIEW: "see messages",
    Permission.MESSAGE_RESOLVE: "settle messages that need attention",
    Permission.BATCH_RELEASE: "release a held batch of messages",
    Permission.KILL_SWITCH: "stop and restart all sending",
    Permission.DASHBOARD_VIEW: "see the counts and charts",
    Permission.AUDIT_VIEW: "see who changed and who looked",
    Permission.FINANCE_VIEW: "see orders and invoices",
    Permission.USER_MANAGE: "add people and change their roles",
    Permission.SYSTEM_RUN: "run the service's own jobs",
}


class Actor(Protocol):
    """Anybody who can be asked what they may do."""

    def may(self, permission: Permission) -> bool:
        """Say whether this actor holds the permission."""
        ...

    def refusal(self, permission: Permission) -> str:
        """Say in words why not, and who can."""
        ...


def require(user: Actor, permission: Permission) -> None:
    """Do nothing if the user may do this; else refuse, saying who may."""
    if not user.may(permission):
        raise NotAllowed(user.refusal(permission))
