"""A worker's part: it tells how far it has come while its work is one transaction."""

import io

import pytest
from django.core.management import call_command

from homecare.accounts.models import User
from homecare.desk.models import ImportProgress, RegisterImport
from homecare.desk.register import tasks, uploads
from patients.models import Patient
from tests.desk.imports import NOON, full
from tests.desk.registers import AS_AT, csv_of


@pytest.mark.django_db(transaction=True)
def test_a_worker_checks_commits_and_tells_how_far_it_is() -> None:
    call_command("load_reference", verbosity=0)
    by = User.objects.create(username="tina", role="TECHNICIAN", kind=User.Kind.HUMAN)
    kept = uploads.upload_register(file=io.BytesIO(csv_of(full())), name="register.csv", as_at=AS_AT, by=by, at=NOON)
    uploads.match_columns(kept=kept, columns=kept.columns, by=by, at=NOON)
    tasks.check_register(import_id=kept.pk)
    told = ImportProgress.objects.get()
    assert (told.stage, told.done, told.total) == ("Reading", 1, 1)
    uploads.start_commit(kept=kept, by=by, at=NOON)
    tasks.commit_register(import_id=kept.pk)
    assert (RegisterImport.objects.get().status, Patient.objects.count()) == ("COMMITTED", 1)
