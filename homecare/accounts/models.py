"""Who signs in, the named system actors that work when nobody is there, and the clinics they belong to."""

import copy
import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from homecare.accounts import roles
from homecare.accounts.permissions import Permission, require
from homecare.core.history import TrackedHistory
from homecare.core.models import Tracked
from homecare.core.rights import Deletable, Rights, Transient


class UserQuerySet(models.QuerySet["User"]):
    """Questions about users."""

    def human(self) -> Self:
        """People, not clients or system actors."""
        return self.filter(kind=User.Kind.HUMAN)

    def visible_to(self, user: "User") -> Self:
        """Everybody, for those who add people and change their roles; nobody, for others."""
        return self if user.may(Permission.USER_MANAGE) else self.none()

    def active(self) -> Self:
        """Those who may still act."""
        return self.filter(is_active=True)

    def in_role(self, role: type[roles.Role]) -> Self:
        """Those who hold this role."""
        return self.filter(role=role.name)


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Users, and the system actors by name."""

    def system(self, name: str) -> "User":
        """Return the system actor of this name (made at the first call). An unknown name is refused."""
        role = roles.SYSTEM_ACTORS[name]
        actor, _ = self.get_or_create(
            username=f"system:{name}",
            defaults={
                "kind": User.Kind.SYSTEM,
                "role": role.name,
                "last_name": f"System ({name.replace('_', ' ')})",
                "password": "!",
            },
        )
        found: User = actor
        return found


class User(AbstractUser):
    """A person, a provider's client, or a named system actor. Users are deactivated, never deleted."""

    class Kind(models.TextChoices):
        """What acts."""

        HUMAN = "HUMAN", "Person"
        PROVIDER_CLIENT = "PROVIDER_CLIENT", "Provider client"
        SYSTEM = "SYSTEM", "System actor"

    groups = None  # type: ignore[assignment]  # roles decide (homecare/accounts/roles.py), not groups
    user_permissions = None  # type: ignore[assignment]
    kind = models.CharField(max_length=15, choices=Kind.choices, default=Kind.HUMAN)
    role = models.CharField(max_length=30, choices=roles.CHOICES, blank=True)
    sessions_epoch = models.PositiveIntegerField(default=0)  # raised to end every open session of the user
    lent: frozenset[Permission] = frozenset()  # what a deed lends its doer for its own parts; never stored

    # History keeps no password, and not each time of signing in.
    history: ClassVar[TrackedHistory] = TrackedHistory(excluded_fields=["password", "last_login"])
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["", *roles.BY_NAME]),
                name="user_role_known",
            ),
            models.CheckConstraint(
                condition=~Q(kind="HUMAN") | Q(role__in=["", *(role.name for role in roles.HUMAN_ROLES)]),
                name="user_human_role_for_humans",
            ),
            models.CheckConstraint(
                condition=~Q(kind="PROVIDER_CLIENT") | Q(role=roles.ProviderClient.name),
                name="user_provider_client_role",
            ),
            models.CheckConstraint(
                condition=~Q(kind="SYSTEM") | Q(username__startswith="system:"),
                name="user_system_named",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def role_class(self) -> type[roles.Role] | None:
        """The role's class, or nothing for a user without one."""
        return roles.named(self.role)

    @property
    def role_name(self) -> str:
        """The role as people say it."""
        return self.role_class.display_name if self.role_class else "No role"

    @property
    def is_human(self) -> bool:
        """Say whether this is a person."""
        return self.kind == self.Kind.HUMAN

    def may(self, permission: Permission) -> bool:
        """Say whether this user holds the permission now. Somebody deactivated holds nothing."""
        role = self.role_class
        if not self.is_active or role is None or (role is roles.Demonstration and not settings.DEMO):
            return False
        return permission in role.permissions or permission in self.lent

    def for_deed(self, right: Permission, *parts: Permission) -> "User":
        """Return this user as the doer of one deed: its right is asked for here, once, and covers its parts.

        A death ends prescriptions, deliveries and tests: who may record it must not be refused half-way. The result
        is given on as `by=` to the parts of that deed and nowhere else. Refused without the right.
        """
        require(self, right)
        doer = copy.copy(self)
        doer.lent = self.lent | frozenset(parts)
        return doer

    def refusal(self, permission: Permission) -> str:
        """Say why this user may not do this, and who may."""
        who = " or ".join(role.display_name.lower() for role in roles.holders(permission)) or "nobody by hand"
        return f"Your role ({self.role_name.lower()}) may not {permission.words}. Who may: {who}."

    def has_perm(self, perm: Any, obj: Any = None) -> bool:
        """Hold none of Django's own permissions: `may` is the only question."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Hold none of Django's own permissions."""
        return False

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Bind each session to password, role and epoch, so that a change ends it at its next request."""
        stamp = f"{self.password}|{self.kind}|{self.role}|{self.sessions_epoch}"
        return salted_hmac("homecare.accounts.session", stamp, secret=secret, algorithm="sha256").hexdigest()


class Specialty(Tracked):
    """A clinical specialty, such as rheumatology."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="specialty_name_unique")]

    def __str__(self) -> str:
        return self.name


class Practitioner(Tracked):
    """Somebody with a professional registration who is named on a record, whether or not they sign in."""

    class Body(models.TextChoices):
        """Who keeps the register."""

        GMC = "GMC", "General Medical Council"
        GPHC = "GPHC", "General Pharmaceutical Council"
        NMC = "NMC", "Nursing and Midwifery Council"
        GDC = "GDC", "General Dental Council"
        HCPC = "HCPC", "Health and Care Professions Council"

    name = models.CharField(max_length=150)
    registration_body = models.CharField(max_length=4, choices=Body.choices, blank=True)
    registration_number = models.CharField(max_length=20, blank=True)
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, blank=True, related_name="practitioner")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration_body", "registration_number"],
                condition=~Q(registration_number=""),
                name="practitioner_registration_unique",
            ),
            models.CheckConstraint(
                condition=Q(registration_number="") | ~Q(registration_body=""),
                name="practitioner_number_needs_body",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Clinic(Tracked):
    """A consultant's team, such as "Rheumatology, Dr Raman": prompts and escalations go to it."""

    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="clinics")
    name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    consultant = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="clinics"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["specialty", "name"], name="clinic_name_unique_in_specialty")]

    def __str__(self) -> str:
        return self.name


class ClinicMember(Tracked):
    """Somebody who belongs to a clinic."""

    audit: ClassVar[Rights] = Deletable("Somebody leaves a clinic; history says who belonged when.")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="clinic_memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "user"], name="clinic_member_once")]

    def __str__(self) -> str:
        return f"{self.user}, {self.clinic}"


class PharmacistSpecialtyQuerySet(models.QuerySet["PharmacistSpecialty"]):
    """Who screens for which specialty, and when."""

    def in_force(self, day: dt.date) -> Self:
        """Those that hold on this day: a pharmacist's own, and the cover whose days include it."""
        return self.filter(
            Q(covering_from=None) | Q(covering_from__lte=day),
            Q(covering_to=None) | Q(covering_to__gte=day),
        )


class PharmacistSpecialty(Tracked):
    """A specialty that a pharmacist screens for: their own (no dates), or in cover for a colleague (dated)."""

    audit: ClassVar[Rights] = Deletable("Specialties change hands; history says who screened for which.")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="pharmacist_specialties")
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="pharmacists")
    covering_from = models.DateField(null=True, blank=True)
    covering_to = models.DateField(null=True, blank=True)

    objects = PharmacistSpecialtyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "specialty", "covering_from"],
                nulls_distinct=False,
                name="pharmacist_specialty_once",
            ),
            models.CheckConstraint(
                condition=Q(covering_to=None) | Q(covering_from__isnull=False, covering_to__gte=F("covering_from")),
                name="pharmacist_cover_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.specialty}"

    @property
    def is_cover(self) -> bool:
        """Say whether this stands in for a colleague."""
        return self.covering_from is not None


class SignInAttempt(models.Model):
    """Failed tries to sign in to one account from one address. Unknown accounts count alike."""

    audit: ClassVar[Rights] = Transient("A count of tries is forgotten after a success, or a day.")

    account_key = models.CharField(max_length=64)  # a keyed hash: what people type by mistake is often a password
    address = models.GenericIPAddressField()
    failures = models.PositiveIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True, blank=True)
    last_tried_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_key", "address"], name="sign_in_attempt_pair")]
        indexes = [models.Index(fields=["last_tried_at"], name="sign_in_attempt_age")]

    def __str__(self) -> str:
        return f"{self.failures} failures from {self.address}"


class UsedCodeQuerySet(models.QuerySet["UsedCode"]):
    """Codes of second factors that were taken."""

    KEPT_FOR = dt.timedelta(minutes=10)  # a code is good for a minute and a half at most

    def claim(self, user: User, code: str, *, at: dt.datetime) -> bool:
        """Take a code; say no if the same one was taken from this person a short while ago."""
        self.filter(user=user, used_at__lt=at - self.KEPT_FOR).delete()
        key = salted_hmac("homecare.accounts.code", f"{user.pk}|{code}", algorithm="sha256").hexdigest()
        _, created = self.get_or_create(user=user, code_key=key, defaults={"used_at": at})
        return created


class UsedCode(models.Model):
    """A one-time code that was taken, so that somebody who saw it typed cannot use it again."""

    audit: ClassVar[Rights] = Transient("A code is refused for ten minutes, then forgotten.")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    code_key = models.CharField(max_length=64)
    used_at = models.DateTimeField()

    objects = UsedCodeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_key"], name="used_code_once")]

    def __str__(self) -> str:
        return f"A code of {self.user}"
