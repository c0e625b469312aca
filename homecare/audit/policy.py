"""Which rights the application's role has on which table: what each model says, and other people's models here."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from homecare.core.rights import Kept, ReadOnly, Rights, Transient, Untracked

# Tables of other people's packages, and of Django itself, which cannot say it beside the model.
OTHERS: dict[str, Rights] = {
    "contenttypes.ContentType": ReadOnly("Django fills it in a migration."),
    "auth.Permission": ReadOnly("Django fills it in a migration; what may be done is in accounts/roles.py."),
    "auth.Group": ReadOnly("Not used: roles are code."),
    "auth.Group_permissions": ReadOnly("Not used: roles are code."),
    "accounts.User_groups": ReadOnly("Not used: roles are code."),
    "accounts.User_user_permissions": ReadOnly("Not used: roles are code."),
    "accounts.SignInAttempt": Transient("A throttle's count, forgotten when the wait is over."),
    "sessions.Session": Transient("A session ends."),
    "account.EmailAddress": Transient("Addresses are confirmed and replaced; the user's own history has the address."),
    "account.EmailConfirmation": Transient("A confirmation is used once."),
    "mfa.Authenticator": Transient("A second factor is replaced when lost; its secret must not be kept."),
    "oauth2_provider.Application": Untracked("Its secret must not be kept; each use is in the access log."),
    "oauth2_provider.AccessToken": Transient("A token ends."),
    "oauth2_provider.RefreshToken": Transient("A token ends."),
    "oauth2_provider.Grant": Transient("A grant is used once."),
    "oauth2_provider.IDToken": Transient("A token ends."),
    "oauth2_provider.DeviceGrant": Transient("A grant is used once."),
}

# Tables that no model describes.
TABLES: dict[str, Rights] = {
    "django_migrations": ReadOnly("Django's own record of migrations."),
    "cache": Transient("What can be worked out again, and counts of sign-in attempts that expire."),
    "audit_context": Untracked("Who acts in this transaction: no rights but through audit_begin()."),
    "audit_key": Untracked("What proves who acts: no rights but through audit_begin()."),
}


def tracked_models() -> list[type[models.Model]]:
    """Return every concrete model whose history the database writes."""
    return [model for model in all_models() if hasattr(model._meta, "simple_history_manager_attribute")]


def all_models() -> Iterator[type[models.Model]]:
    """Return every model with a table of its own, the history tables among them."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def history_model(model: type[models.Model]) -> Any:
    """Return the model of the table that keeps this one's history."""
    manager_name: str = model._meta.simple_history_manager_attribute  # type: ignore[attr-defined]
    return getattr(model, manager_name).model


def history_models() -> list[Any]:
    """Return the model of every history table."""
    return [history_model(model) for model in tracked_models()]


def rights_of(model: type[models.Model]) -> Rights | None:
    """Return what was decided for the model's table; None if nobody has."""
    said = getattr(model, "audit", None) or OTHERS.get(model._meta.label)
    if isinstance(said, Rights):
        return said
    if hasattr(model._meta, "simple_history_manager_attribute"):
        return Kept("Its history is kept.")
    return None


def is_written_by_the_database(model: type[models.Model]) -> bool:
    """Say whether the records are history tables, which only the triggers write."""
    return model in set(history_models())


def decided() -> dict[str, Rights]:
    """Return the rights on each table by its name, for all that are decided."""
    written = set(history_models())
    rights = {m._meta.db_table: rights_of(m) for m in all_models() if m not in written}
    history = {m._meta.db_table: ReadOnly("History: the triggers write it.") for m in written}
    return {table: said for table, said in rights.items() if said is not None} | history | TABLES
