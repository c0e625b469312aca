"""The fields of a register: what each is called, what kind of thing it holds, and how hospitals head its column."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a column holds, by which its contents are judged."""

    TEXT = "TEXT"
    NAME = "NAME"
    DATE = "DATE"
    BIRTH = "BIRTH"
    NHS_NUMBER = "NHS_NUMBER"
    HOSPITAL_NUMBER = "HOSPITAL_NUMBER"
    SEX = "SEX"
    POSTCODE = "POSTCODE"
    MOBILE = "MOBILE"
    EMAIL = "EMAIL"
    CONTACT_BY = "CONTACT_BY"
    CONSENT = "CONSENT"
    STATUS = "STATUS"
    WHOLE = "WHOLE"
    MEDICINE = "MEDICINE"
    PROVIDER = "PROVIDER"
    FREQUENCY = "FREQUENCY"
    STRENGTH = "STRENGTH"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in a mapping, its words on the screen, its kind, and headings under which it is known."""

    name: str
    label: str
    kind: Kind
    headings: tuple[str, ...]
    required: bool = False


def _field(name: str, label: str, kind: Kind, headings: str, *, required: bool = False) -> Field:
    return Field(name, label, kind, tuple(heading.strip() for heading in headings.split("|")), required)


FIELDS: Final = (
    _field("hospital_number", "Hospital number", Kind.HOSPITAL_NUMBER,
           "hospital number|mrn|unit number|pas number|k number|r number|district number|hospital id|case number|"
           "medical record number|record number|trust number|local id|local number|internal number|patient id|number",
           required=True),
    _field("nhs_number", "NHS number", Kind.NHS_NUMBER, "nhs number|nhs|nhs id|new nhs number", required=True),
    _field("family_name", "Family name", Kind.NAME,
           "surname|family name|last name|name surname|surname name|family", required=True),
    _field("given_name", "Given name", Kind.NAME,
           "forename|first name|given name|forenames|christian name|given|first names|given names"),
    _field("date_of_birth", "Date of birth", Kind.BIRTH, "birth date|date birth|born|birthdate|birth|birthday",
           required=True),
    _field("sex", "Sex", Kind.SEX, "sex|gender|m f|sex at birth"),
    _field("ethnicity", "Ethnicity", Kind.TEXT, "ethnicity|ethnic group|ethnic origin|ethnic category"),
    _field("address_line_1", "Address, first line", Kind.TEXT,
           "address 1|address line 1|address|street|house number street|first line address|delivery address|"
           "home address|delivery address 1|addr 1|add 1"),
    _field("address_line_2", "Address, second line", Kind.TEXT,
           "address 2|address line 2|locality|district|second line address|delivery address 2|addr 2|add 2"),
    _field("town", "Town", Kind.TEXT, "town|city|post town|town city|address 3|address line 3|addr 3"),
    _field("postcode", "Postcode", Kind.POSTCODE, "post code|postcode|zip|delivery postcode|home postcode|pcode"),
    _field("mobile", "Mobile", Kind.MOBILE,
           "mobile|mobile number|telephone|contact number|telephone number|cell|phone|phone number|sms number|"
           "contact telephone|tel mobile|mobile telephone"),
    _field("email", "Email", Kind.EMAIL, "email|e mail|email address|e mail address|mail"),
    _field("contact_by", "Contact by", Kind.CONTACT_BY,
           "contact by|preferred contact|contact preference|contact method|preferred contact method|contact via|"
           "how contact|preference|communication preference|preferred communication"),
    _field("gp_practice", "GP practice", Kind.TEXT, "gp practice|gp|gp surgery|practice|surgery|registered gp"),
    _field("specialty", "Specialty", Kind.TEXT,
           "specialty|speciality|department|dept|directorate|clinical specialty|treating specialty|service area"),
    _field("consultant", "Consultant", Kind.TEXT,
           "consultant|clinician|doctor|dr|responsible consultant|consultant name|lead clinician|physician|prescriber"),
    _field("indication", "Indication", Kind.TEXT, "indication|diagnosis|condition|disease|indication treatment"),
    _field("medicine", "Medicine", Kind.MEDICINE,
           "drug|medicine|medication|drug name|medicine name|treatment|therapy|product|biologic|brand|"
           "medication name|homecare drug|item", required=True),
    _field("strength_form", "Strength and form", Kind.STRENGTH,
           "strength form|strength|form|presentation|formulation|strength presentation|form strength|device|"
           "preparation|pack|product strength"),
    _field("dose", "Dose", Kind.TEXT, "dose|dosage|current dose|dose mg"),
    _field("frequency", "Frequency", Kind.FREQUENCY,
           "frequency|how often|freq|interval|dose frequency|regimen|schedule|dosing frequency|dose interval|"
           "directions"),
    _field("provider", "Homecare provider", Kind.PROVIDER,
           "homecare company|homecare provider|provider|company|supplier|homecare|homecare supplier|hcp|"
           "delivery company|homecare pharmacy|homecare co|homecare organisation", required=True),
    _field("funding", "Funding", Kind.TEXT,
           "funding|funded by|scheme|funding model|funding route|funding scheme|payer"),
    _field("tier", "Tier", Kind.TEXT, "tier|level|homecare tier|service tier|complexity"),
    _field("registered_on", "Registered on", Kind.DATE,
           "registered date|registration date|date registered|registered|start date|date started|homecare start|"
           "homecare start date|date referred|enrolled|enrolment date|date enrolled|started|registered homecare"),
    _field("consent", "Consent", Kind.CONSENT,
           "consent|consented|consent given|consent obtained|consent form|consent signed|patient consent|"
           "consent received|signed consent|consent status"),
    _field("consent_on", "Consent date", Kind.DATE,
           "consent date|date consent|date consented|consent signed date|consent given date|consent obtained date|"
           "consent form date|consent received date|consent on|consented on"),
    _field("status", "Status", Kind.STATUS,
           "status|state|current status|patient status|active|homecare status|treatment status|enrolment status"),
    _field("last_prescription_on", "Last prescription", Kind.DATE,
           "last prescription date|prescription date|last prescription|date last prescription|date prescription|"
           "latest prescription|latest prescription date|prescription written|prescription signed|"
           "current prescription date|most recent prescription"),
    _field("prescription_weeks", "Prescription length in weeks", Kind.WHOLE,
           "prescription length weeks|prescription length|prescription weeks|prescription duration|duration weeks|"
           "weeks|length weeks|prescription duration weeks|weeks supply|supply weeks|length prescription|"
           "weeks prescribed|length prescription weeks"),
    _field("number_of_deliveries", "Number of deliveries", Kind.WHOLE,
           "number deliveries|deliveries|deliveries prescription|number deliveries prescription|deliveries number|"
           "total deliveries|deliveries authorised|repeats|instalments|number instalments|drops"),
    _field("last_delivery_on", "Last delivery", Kind.DATE,
           "last delivery|last delivery date|date last delivery|last delivered|delivered date|latest delivery|"
           "previous delivery|most recent delivery|delivered on|latest delivery date"),
    _field("next_delivery_on", "Next delivery", Kind.DATE,
           "next delivery|next delivery date|delivery due|delivery due date|date next delivery|due delivery|"
           "next due delivery|planned delivery|next drop"),
    _field("last_blood_test_on", "Last blood test", Kind.DATE,
           "last bloods|last blood test|last blood test date|bloods|bloods date|date last bloods|last bloods date|"
           "blood test|blood test date|latest bloods|last monitoring|last monitoring date|most recent bloods"),
    _field("notes", "Notes", Kind.TEXT,
           "notes|comments|note|comment|remarks|free text|additional information|other information|additional notes"),
)  # fmt: skip

FIELD_NAMES: Final = tuple(field.name for field in FIELDS)
BY_NAME: Final = {field.name: field for field in FIELDS}
REQUIRED: Final = tuple(field for field in FIELDS if field.required)
