"""What every page has: the nonce, the menu of the role, errors with words and a reference, forms in the NHS look."""

import re

import pytest
from django import forms
from django.test import Client, RequestFactory

from homecare.accounts.models import User
from homecare.accounts.views import server_error
from homecare.core.errors import Refused
from homecare.refusals import RefusalPages
from tests.desk.pages import browser, text

pytestmark = pytest.mark.django_db


def test_each_inline_script_carries_the_nonce_of_the_policy(client: Client) -> None:
    answer = client.get("/accounts/login/")
    nonce = re.search(r"'nonce-([^']+)'", answer["Content-Security-Policy"])
    assert nonce is not None
    scripts = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", answer.content.decode())
    assert scripts
    assert all(f'nonce="{nonce[1]}"' in attributes for attributes in scripts)


def test_no_page_holds_a_style_or_an_event_of_its_own(client: Client) -> None:
    html = browser().get("/account/roles/").content.decode()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", html)


def test_the_logo_is_left_out_unless_the_organisation_may_use_it(client: Client, settings) -> None:
    assert "nhsuk-header__logo" not in client.get("/accounts/login/").content.decode()
    settings.NHS_LOGO = True
    assert "nhsuk-header__logo" in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        ("TECHNICIAN", ["Today", "Patients", "Messages"], ["People"]),
        ("SYSTEM_ADMINISTRATOR", ["Roles"], ["Today", "Patients", "Messages", "Overview"]),
        ("FINANCE", ["Overview", "Today"], ["Messages", "People"]),
    ],
)
def test_the_menu_is_the_roles(role: str, shown: list[str], hidden: list[str]) -> None:
    html = browser(role).get("/account/roles/").content.decode()
    menu = [name.strip() for name in re.findall(r'navigation-link" href="[^>]*>(?:<strong[^>]*>)?([^<]+)', html)]
    assert set(shown) <= set(menu)
    assert not set(hidden) & set(menu)


def test_the_roles_page_prints_the_table() -> None:
    page = text(browser().get("/account/roles/"))
    assert "Clinically screen a prescription no no yes no no no no no no no no" in page


def test_a_page_that_is_not_there_says_so_with_a_reference() -> None:
    answer = browser().get("/nothing/")
    assert answer.status_code == 404
    assert "There is nothing here" in text(answer)


def test_an_error_on_our_side_says_what_to_do(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = User(username="x")
    request.session = {}
    answer = server_error(request)
    assert answer.status_code == 500
    assert "What you sent was not saved" in answer.content.decode()


def test_an_error_page_stands_even_if_nothing_else_does(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = "a thing that breaks the page"
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("homecare.accounts.views.render", lambda *_, **__: 1 / 0)
        answer = server_error(request)
    assert (answer.status_code, b"Something broke" in answer.content) == (500, True)


def test_a_refusal_becomes_a_page(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user, request.session = User(username="x"), {}
    answer = RefusalPages(lambda _: None).process_exception(request, Refused("Ask the provider first."))
    assert answer is not None
    assert (answer.status_code, b"Ask the provider first." in answer.content) == (409, True)


class EveryField(forms.Form):
    name = forms.CharField(help_text="As on the letter")
    units = forms.IntegerField()
    note = forms.CharField(widget=forms.Textarea, required=False)
    sure = forms.BooleanField()
    way = forms.ChoiceField(choices=[("A", "By air"), ("S", "By sea")], widget=forms.RadioSelect)
    place = forms.ChoiceField(choices=[("K", "Kent")])
    many = forms.MultipleChoiceField(choices=[("1", "One")], widget=forms.CheckboxSelectMultiple)
    paper = forms.FileField(required=False)
    word = forms.CharField(widget=forms.PasswordInput, required=False)
    quiet = forms.CharField(widget=forms.HiddenInput, initial="kept")


@pytest.mark.parametrize(
    "markup",
    [
        'class="nhsuk-input',
        'class="nhsuk-textarea',
        'class="nhsuk-radios__input',
        'class="nhsuk-checkboxes__input',
        'class="nhsuk-select',
        'class="nhsuk-file-upload',
        "nhsuk-password-input__input",
        'type="hidden"',
        'type="number"',
        "As on the letter",
        "Note (optional)",
    ],
)
def test_a_form_is_rendered_in_the_nhs_markup(markup: str) -> None:
    assert markup in str(EveryField())


def test_several_are_ticked_and_one_is_chosen() -> None:
    kinds = dict(re.findall(r'name="(many|way)" type="(\w+)"', str(EveryField())))
    assert kinds == {"many": "checkbox", "way": "radio"}


def test_each_label_leads_to_one_field() -> None:
    ids = re.findall(r'\bid="([^"]+)"', str(EveryField()))
    assert len(ids) == len(set(ids))


def test_each_label_names_an_input() -> None:
    html = str(EveryField())
    inputs = re.findall(r'<(?:input|select|textarea)[^>]*\bid="([^"]+)"', html)
    assert set(re.findall(r'<label[^>]*for="([^"]+)"', html)) <= set(inputs)


def test_errors_stand_in_a_summary_that_leads_to_their_fields() -> None:
    html = str(EveryField({"units": "many"}))
    assert 'href="#id_units"' in html
    assert 'id="id_units"' in html
    assert html.count("Enter a whole number.") == 2


def test_what_was_typed_stays_in_a_refused_form() -> None:
    html = str(EveryField({"name": "<b>Pat</b>", "way": "S", "sure": "on"}))
    assert "&lt;b&gt;Pat&lt;/b&gt;" in html
    assert re.search(r'value="S"[^>]*checked', html)


def test_a_password_is_not_shown_again() -> None:
    assert "hunter2" not in str(EveryField({"word": "hunter2"}))
