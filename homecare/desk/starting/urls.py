"""Addresses of what a start needs."""

from django.urls import path

from homecare.desk.starting import doses, equipment, funding, plans, visits

urlpatterns = [
    path("enrolments/<int:enrolment_id>/funding/", funding.funding, name="funding"),
    path("enrolments/<int:enrolment_id>/funding/request/", funding.request_, name="funding_request"),
    path("funding/<int:approval_id>/approve/", funding.approve, name="funding_approve"),
    path("funding/<int:approval_id>/refuse/", funding.refuse, name="funding_refuse"),
    path("funding/<int:approval_id>/waive/", funding.waive, name="funding_waive"),
    path("funding/<int:approval_id>/renew/", funding.renew, name="funding_renew"),
    path("funding/<int:approval_id>/withdraw/", funding.withdraw, name="funding_withdraw"),
    path("enrolments/<int:enrolment_id>/visits/", visits.visits, name="visits"),
    path("enrolments/<int:enrolment_id>/visits/plan/", visits.plan, name="visit_plan"),
    path("visits/<int:visit_id>/book/", visits.book, name="visit_book"),
    path("visits/<int:visit_id>/done/", visits.done, name="visit_done"),
    path("visits/<int:visit_id>/missed/", visits.missed, name="visit_missed"),
    path("visits/<int:visit_id>/cancel/", visits.cancel, name="visit_cancel"),
    path("enrolments/<int:enrolment_id>/care-plan/", plans.care_plan, name="care_plan"),
    path("enrolments/<int:enrolment_id>/care-plan/write/", plans.write_plan, name="care_plan_write"),
    path("care-plans/<int:plan_id>/approve/", plans.approve_plan, name="care_plan_approve"),
    path("enrolments/<int:enrolment_id>/escalation-protocol/", plans.escalation_protocol, name="escalation_protocol"),
    path(
        "enrolments/<int:enrolment_id>/escalation-protocol/agree/",
        plans.agree_protocol,
        name="escalation_protocol_agree",
    ),
    path("escalation-protocols/<int:protocol_id>/end/", plans.end_protocol, name="escalation_protocol_end"),
    path("enrolments/<int:enrolment_id>/adaptations/", plans.adaptations, name="adaptations"),
    path("enrolments/<int:enrolment_id>/adaptations/plan/", plans.plan_adaptation, name="adaptation_plan"),
    path("adaptations/<int:adaptation_id>/days/", plans.adaptation_days, name="adaptation_days"),
    path("enrolments/<int:enrolment_id>/equipment/", equipment.equipment, name="equipment"),
    path("enrolments/<int:enrolment_id>/equipment/add/", equipment.add, name="equipment_add"),
    path("equipment/<int:equipment_id>/change/", equipment.change, name="equipment_change"),
    path("equipment/<int:equipment_id>/collected/", equipment.collected, name="equipment_collected"),
    path("enrolments/<int:enrolment_id>/regimen/", doses.regimen, name="regimen"),
    path("enrolments/<int:enrolment_id>/regimen/record/", doses.record, name="regimen_record"),
    path("regimen/<int:phase_id>/change/", doses.change, name="regimen_change"),
    path("enrolments/<int:enrolment_id>/first-prescription/", doses.first_prescription, name="first_prescription"),
    path("enrolments/<int:enrolment_id>/first-delivery/", doses.first_delivery, name="first_delivery"),
    path("enrolments/<int:enrolment_id>/first-dose/", doses.first_dose, name="first_dose"),
]
