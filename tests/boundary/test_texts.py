"""What is no text, wherever it comes in: refused in an address, told at its field in a form, unread in a cookie."""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.models import TemplateVersion
from boundary.fields import WordsField
from boundary.paths import LARGEST, asked_key, key_of
from institutions.models import Institution
from tests.institutions.register.test_editing import fields_of

pytestmark = pytest.mark.django_db
UNREADABLE = "有无法识别的字符"


@pytest.mark.parametrize("path", ["v/%00/1/1-1/0", "agreements/%00/", "regions/%00/", "v/%ED%A0%80/1/1-1/0"])
def test_an_address_that_nothing_can_have_leads_nowhere(client: Client, path: str) -> None:
    response = client.get(f"/{path}")
    assert response.status_code == 404
    assert "没有找到这个页面" in response.content.decode()


@pytest.mark.parametrize("query", ["q=%00", "%00=1", "q=a&q=%00", "q=%EF%BF%BE", "%EF%BF%BF=1"])
def test_a_parameter_that_is_no_text_is_refused_in_words(client: Client, elder_care_clerk: User, query: str) -> None:
    client.force_login(elder_care_clerk)
    response = client.get(f"{reverse('region-list')}?{query}")
    assert response.status_code == 400
    assert "网址里有无法识别的字符" in response.content.decode()


@pytest.mark.parametrize("none", ["\0", "\ufffe", "\uffff"])
def test_what_cannot_be_read_in_a_form_is_told_at_its_field(
    client: Client, elder_care_institution: Institution, institution_administrator: User, none: str
) -> None:
    client.force_login(institution_administrator)
    page = client.post(reverse("invite"), {"full_name": f"韩{none}静", "duty": "clerk"})
    assert (page.status_code, page.context["form"].errors["full_name"]) == (
        422,
        ["有无法识别的字符（显示为 �），请删去后重新填写。"],
    )
    assert "韩�静" in page.content.decode(), "the person sees where it stands"


def test_a_file_named_in_an_unknown_encoding_is_no_fault(client: Client) -> None:
    names = "filename*=nosuch''%D8", "filename*=utf-7''+2AA-", 'filename="a\0.pdf"'
    for name in names:
        head = f'Content-Disposition: form-data; name="licence"; {name}'
        body = f"--x\r\n{head}\r\nContent-Type: application/pdf\r\n\r\nx\r\n--x--\r\n"
        answer = client.post(reverse("sign-in"), body, content_type="multipart/form-data; boundary=x")
        assert answer.status_code < 500, name


@pytest.mark.parametrize("cookie", ['"abcdefgh\\000"', "a" * 5000, "\u00e9" * 32, "x"])
def test_a_cookie_that_is_no_key_of_ours_is_as_none(client: Client, settings: Any, cookie: str) -> None:
    """A browser's cookie may spell any sign by its octal number."""
    response = client.get(reverse("agreement-list"), headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"})
    assert (response.status_code, response["Location"][:9]) == (302, "/sign-in/")


def test_a_key_that_is_none_is_unseen(client: Client, elder_care_clerk: User, consortium: TemplateVersion) -> None:
    client.force_login(elder_care_clerk)
    address = reverse("template-detail", args=[consortium.template.slug])
    for version in ("abc", str(LARGEST + 1), "9" * 5000, "-1", "1.5"):
        assert client.get(address, {"version": version}).status_code == 404, version
    assert client.get(address, {"version": ""}).status_code == 200, "none is asked for"


@pytest.mark.parametrize(
    ("text", "key"), [("7", 7), ("７", 7), (str(LARGEST), LARGEST), (str(LARGEST + 1), None), ("-1", None), ("²", None)]
)
def test_keys_that_are_read(text: str, key: int | None) -> None:
    assert key_of(text) == key
    assert asked_key("") is None


TURNED = "\u202d138 0000 0000\u202c"  # as a telephone copies a number


def test_signs_that_turn_what_is_read_are_left_out_of_what_is_written_for_others() -> None:
    field = WordsField(max_length=40)
    assert field.clean(f"请拨 {TURNED}，\u2067明日\u2069回复") == "请拨 138 0000 0000，明日回复"
    assert field.clean("👩\u200d⚕️ 会诊") == "👩\u200d⚕️ 会诊", "what joins letters turns nothing"
    with pytest.raises(ValidationError):
        field.clean("\u202e\u202c ")


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        (forms.CharField(), "越城区\u202e福利院\u200b", "越城区福利院"),
        (forms.CharField(), "⽼年　公寓  ＡＢ", "老年 公寓 AB"),
        (forms.CharField(widget=forms.Textarea), "一、⽼人　ＡＢ\r\n  二、\u200b", "一、老人　ＡＢ\r\n  二、"),
        (forms.CharField(required=False), "\u2066\u2069", ""),
        (forms.CharField(required=False, empty_value=None), "\u3164", None),
        (forms.CharField(strip=False), " 密\u200b码Ａ ", " 密\u200b码Ａ "),
    ],
)
def test_what_a_field_takes_is_kept_clean(field: forms.CharField, typed: str, kept: str | None) -> None:
    assert field.clean(typed) == kept


def test_a_name_of_signs_that_nobody_sees_is_none() -> None:
    with pytest.raises(ValidationError, match="请填写"):
        forms.CharField().clean("\u200b\u202c")


def test_a_password_with_signs_that_turn_it_is_refused_in_words() -> None:
    with pytest.raises(ValidationError, match="看不见的"):
        forms.CharField(strip=False).clean("越城区\u202e福利院")


def test_what_was_put_right_is_told_once_with_the_next_page(
    client: Client, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    client.force_login(elder_care_clerk)
    address = reverse("institution-edit", args=[elder_care_institution.pk])
    answer = client.post(address, fields_of(client, address) | {"address": "⽼街\u200b 1 号"}, follow=True)
    told = "填写的内容已整理：删去了看不见的字符；“⽼”换成了“老”。"
    assert (answer.status_code, told in answer.content.decode()) == (200, True)
    elder_care_institution.refresh_from_db()
    assert elder_care_institution.address == "老街 1 号"
    assert told not in client.get(address).content.decode()


def test_whatever_is_written_in_lines_for_others_is_such_a_field() -> None:
    """A reason or a remark of ours, in whatever form: those of templates are what the paper can print."""
    for app in (config for config in apps.get_app_configs() if Path(config.path).parent == Path(settings.BASE_DIR)):
        for _, name, _ in pkgutil.walk_packages([app.path], f"{app.name}."):
            if name.endswith("forms"):
                importlib.import_module(name)
    lines = [
        (form, name, field)
        for form in every_subclass(forms.Form)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field.widget, forms.Textarea) and not form.__module__.startswith("tests.")
    ]
    assert len(lines) > 5
    assert [(form, name) for form, name, field in lines if not isinstance(field, WordsField)] == []


def every_subclass(kind: type[forms.Form]) -> list[type[forms.Form]]:
    return [kind, *(each for below in kind.__subclasses__() for each in every_subclass(below))]
