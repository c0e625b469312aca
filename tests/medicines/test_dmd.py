"""A release of dm+d comes in whole, or not at all; the same again changes nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from homecare.accounts.models import User
from medicines.actions import import_dmd_release
from medicines.actions.dmd import Imported
from medicines.dmd.linking import link_formulary
from medicines.dmd.reading import DmdRefused
from medicines.models import Amp, Ampp, DmdLookup, DmdRelease, Medicine, Product, Vmp, Vtm
from tests.medicines.conftest import AT, SAMPLE

Import = Callable[[Path], Imported]
OF_THE_SAMPLE = {
    "look-up codes": 3000,
    "ingredients": 3482,
    "moieties (VTM)": 2859,
    "virtual products (VMP)": 7,
    "ingredients of products": 8,
    "virtual packs (VMPP)": 14,
    "actual products (AMP)": 15,
    "actual packs (AMPP)": 26,
}


@pytest.fixture
def take_in(reference: User) -> Import:
    return lambda folder: import_dmd_release(folder=folder, by=reference, at=AT)


def edit(folder: Path, kind: str, old: str, new: str) -> None:
    path = next(folder.glob(f"f_{kind}2_*.xml"))
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def rename(folder: Path, release: str) -> None:
    for path in list(folder.glob("*.xml")):
        path.rename(path.with_name(path.name.replace("3010419", release)))


def test_the_sample_comes_in_whole(take_in: Import) -> None:
    imported = take_in(SAMPLE)
    assert {words: count.added for words, count in imported.merged.items()} == OF_THE_SAMPLE
    assert imported.release == "3010419"


def test_the_same_release_again_changes_nothing(take_in: Import) -> None:
    take_in(SAMPLE)
    again = take_in(SAMPLE)
    assert {words: count.unchanged for words, count in again.merged.items()} == OF_THE_SAMPLE
    assert Vtm.history.count() == Vtm.objects.count()


def test_invalid_discontinued_and_superseded_are_said(take_in: Import) -> None:
    notes = take_in(SAMPLE).notes
    assert notes == {
        "invalid moieties": 96,
        "invalid virtual products": 0,
        "invalid actual products": 2,
        "invalid actual packs": 4,
        "discontinued actual packs": 8,
        "codes that replaced an earlier one": 2598,
    }


def test_a_product_keeps_its_details(take_in: Import) -> None:
    take_in(SAMPLE)
    vmp = Vmp.objects.get(pk=36016311000001102)
    assert (vmp.name, vmp.previous_id, vmp.vtm_id) == (
        "Pilocarpine hydrochloride 6% eye drops preservative free",
        347209005,
        90356005,
    )
    amp = Amp.objects.get(pk=4744411000001104)
    assert amp.supplier_code == "9190711000001101"
    assert DmdLookup.objects.get(kind="SUPPLIER", code=amp.supplier_code).description
    assert Ampp.objects.filter(discontinued_on__isnull=False).count() == 8


def test_a_later_release_changes_what_changed_and_keeps_what_left(take_in: Import, release: Path) -> None:
    take_in(SAMPLE)
    rename(release, "3080419")
    edit(
        release,
        "vtm",
        "<VTMID>68088000</VTMID>\n    <NM>Acebutolol</NM>",
        "<VTMID>68088000</VTMID>\n    <NM>Acebutolol new</NM>",
    )
    edit(release, "vtm", "<VTM>\n    <VTMID>90332006</VTMID>\n    <NM>Paracetamol</NM>\n  </VTM>", "")
    counts = take_in(release).merged["moieties (VTM)"]
    assert (counts.added, counts.changed, counts.left) == (0, 1, 1)
    assert Vtm.objects.get(pk=90332006).left_in == "3080419"
    assert Vtm.objects.get(pk=68088000).name == "Acebutolol new"


def test_what_left_and_comes_back_is_usable_again(take_in: Import, release: Path) -> None:
    take_in(SAMPLE)
    Vtm.objects.filter(pk=90332006).update(left_in="3080419")
    take_in(SAMPLE)
    assert Vtm.objects.get(pk=90332006).is_usable


def test_an_older_release_is_refused(take_in: Import, release: Path) -> None:
    take_in(SAMPLE)
    rename(release, "3250319")
    with pytest.raises(DmdRefused, match="older than"):
        take_in(release)


def test_a_product_of_nothing_known_is_left_out_and_counted(take_in: Import, release: Path) -> None:
    edit(release, "amp", "<VPID>35894711000001106</VPID>", "<VPID>11111111111111111</VPID>")
    counts = take_in(release).merged
    assert counts["actual products (AMP)"].left_out > 0
    assert counts["actual packs (AMPP)"].left_out > 0


@pytest.mark.parametrize(
    ("kind", "old", "new", "words"),
    [
        ("ampp", "</AMPPS>", "<AMPP></AMPPS>", "not well-formed"),
        ("ampp", "<APPID>1714711000001106</APPID>", "<APPID>not a code</APPID>", "APPID is not what a release holds"),
        ("ampp", "<APPID>1714711000001106</APPID>", "", "APPID is missing"),
        ("ampp", "<DISCDT>", "<DISCDT>x", "DISCDT is not what"),
        ("vmpp", "<QTYVAL>5</QTYVAL>", "<QTYVAL>1e999</QTYVAL>", "QTYVAL is not what"),
        ("vmpp", "<QTYVAL>5</QTYVAL>", "<QTYVAL>NaN</QTYVAL>", "QTYVAL is not what"),
        ("amp", "<NM>Nutrison liquid</NM>", f"<NM>{'x' * 775}</NM>", "NM is not what"),
        ("amp", "<NM>Nutrison liquid</NM>", f"<NM>{'x' * 400_000}</NM>", "more than 256 KiB"),
        (
            "vtm",
            "<VIRTUAL_THERAPEUTIC_MOIETIES",
            "<!DOCTYPE x [<!ENTITY a 'aa'>]><VIRTUAL_THERAPEUTIC_MOIETIES",
            "document type",
        ),
        ("vmp", "<VMPS>", "<NOTHING>", "not well-formed"),
    ],
)
def test_a_damaged_or_hostile_file_leaves_no_trace(
    take_in: Import, release: Path, kind: str, old: str, new: str, words: str
) -> None:
    edit(release, kind, old, new)
    with pytest.raises(DmdRefused, match=words):
        take_in(release)
    assert not Vtm.objects.exists()
    assert not DmdRelease.objects.exists()


def test_a_file_of_endless_nesting_is_refused(take_in: Import, release: Path) -> None:
    next(release.glob("f_vtm2_*")).write_bytes(b"<a>" * 300_000)
    with pytest.raises(DmdRefused, match=r"256 KiB|well-formed"):
        take_in(release)


@pytest.mark.parametrize("kind", ["vtm", "vmp", "vmpp", "amp", "ampp", "ingredient", "lookup"])
def test_a_release_without_one_of_its_files_is_refused(take_in: Import, release: Path, kind: str) -> None:
    next(release.glob(f"f_{kind}2_*.xml")).unlink()
    with pytest.raises(DmdRefused, match=f"f_{kind}2"):
        take_in(release)


def test_files_of_two_releases_are_refused(take_in: Import, release: Path) -> None:
    path = next(release.glob("f_vtm2_*.xml"))
    path.rename(path.with_name("f_vtm2_3080419.xml"))
    with pytest.raises(DmdRefused, match="mixes releases"):
        take_in(release)


def test_medicines_are_tied_to_their_moieties(formulary: object, take_in: Import) -> None:
    assert take_in(SAMPLE).linked.medicines == 30
    vtm = Medicine.objects.get(name="Adalimumab").vtm
    assert vtm is not None
    assert vtm.name == "Adalimumab"


def product_of(brand: str) -> Product:
    return Product.objects.get(medicine__name="Adalimumab", brand=brand)


def test_a_product_is_tied_where_one_name_fits(formulary: object, take_in: Import) -> None:
    take_in(SAMPLE)
    vmp = Vmp.objects.create(pk=1, name="Adalimumab 40mg/0.8ml solution for injection pre-filled disposable devices")
    amp = Amp.objects.create(
        pk=2, vmp=vmp, name="Imraldi 40mg/0.8ml solution for injection pre-filled pens", description="x"
    )
    Amp.objects.create(
        pk=3, vmp=vmp, name="Imraldi 40mg/0.8ml solution for injection pre-filled syringes", description="x"
    )
    link_formulary()
    assert product_of("Imraldi").amp == amp
    assert product_of("Imraldi").vmp == vmp


def test_a_product_is_not_tied_where_two_names_fit(formulary: object, take_in: Import) -> None:
    take_in(SAMPLE)
    vmp = Vmp.objects.create(pk=1, name="x")
    for pk, volume in ((2, "0.4ml"), (3, "0.8ml")):
        name = f"Humira 40mg/{volume} solution for injection pre-filled pens"
        Amp.objects.create(pk=pk, vmp=vmp, name=name, description=name)
    link_formulary()
    assert product_of("Humira").amp is None


def test_a_link_follows_a_superseded_code(formulary: object, take_in: Import) -> None:
    take_in(SAMPLE)
    old = Vmp.objects.create(pk=1, name="old", invalid=True)
    new = Vmp.objects.create(pk=2, name="new", previous_id=1)
    Product.objects.filter(pk=product_of("Humira").pk).update(vmp=old)
    assert link_formulary().moved == 1
    assert product_of("Humira").vmp == new


def test_a_link_to_nothing_valid_is_said(formulary: object, take_in: Import) -> None:
    take_in(SAMPLE)
    old = Vmp.objects.create(pk=1, name="old", invalid=True)
    Product.objects.filter(pk=product_of("Humira").pk).update(vmp=old)
    assert link_formulary().stale == ("Humira 40 mg pen",)


def test_the_command_prints_its_counts(formulary: object, capsys) -> None:  # type: ignore[no-untyped-def]
    call_command("import_dmd", str(SAMPLE))
    assert "moieties (VTM): 2859 in the release, 2859 added" in capsys.readouterr().out


def test_the_command_refuses_in_words(reference: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="does not hold one whole release"):
        call_command("import_dmd", str(tmp_path))
