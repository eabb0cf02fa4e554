"""Doubts about identifiers: what is normal passes, what is odd gets a sentence, and nothing is refused."""

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from agreements.fields import contact_field
from duties.forms import PhoneForm
from institutions.identifiers import is_phone, licence_warnings, phone_warnings, plain_phone, uscc_warnings
from institutions.models import Institution
from institutions.uscc import check_character, compose_uscc, organisation_check_character, validate_uscc
from tests import factories

ORDINARY = [
    ("12430103MB43010389", "public"),
    ("52430103MJ4301037G", "private_nonprofit"),
    ("91330602MA3306028K", "private_for_profit"),
    ("91350100M000100Y43", ""),
    ("", "public"),
    ("12330602", "public"),  # incomplete: the validator says so, not the warnings
]


@pytest.mark.parametrize(("code", "ownership"), ORDINARY)
def test_ordinary_codes_raise_no_doubt(code: str, ownership: str) -> None:
    assert uscc_warnings(code, ownership) == []


@pytest.mark.parametrize(("first_eight", "check"), [("M000100Y", "4"), ("55138508", "2")])
def test_organisation_code_of_gb_11714(first_eight: str, check: str) -> None:
    assert organisation_check_character(first_eight) == check


def test_organisation_check_is_x_or_0_at_the_edges() -> None:
    found = {organisation_check_character(f"{number:08d}") for number in range(200)}

    assert found == set("0123456789X")


def test_composed_codes_are_valid_and_undoubted() -> None:
    for number in range(300):
        code = compose_uscc("52", "330602", f"MJ{number:06d}")
        validate_uscc(code)
        assert uscc_warnings(code, "private_nonprofit") == []


@pytest.mark.parametrize(
    ("code", "ownership", "words"),
    [
        ("52330602MJ3306020C", "public", "民办非企业单位.*公办"),
        ("12330602MB33060215", "private_for_profit", "事业单位.*民办营利"),
        (compose_uscc("57", "330602", "MB330602"), "", "前两位（57）"),
        (compose_uscc("B1", "330602", "MB330602"), "", "前两位（B1）"),
    ],
)
def test_doubts_the_category(code: str, ownership: str, words: str) -> None:
    (warning,) = uscc_warnings(code, ownership)
    assert re.search(words, warning)


def test_doubts_the_inner_check() -> None:
    body = "12330602MB3306029"  # the organisation code's own check is 1
    code = body + check_character(body)

    validate_uscc(code)
    assert uscc_warnings(code, "public") == [
        "统一社会信用代码中组织机构代码（第9至17位）的校验位不符，请对照证照核对。"
    ]


@pytest.mark.parametrize("kind", ["A1", "N2", "Y1", "31", "81"])
def test_rarer_departments_raise_no_doubt(kind: str) -> None:
    assert uscc_warnings(compose_uscc(kind, "330602", "MB330602"), "public") == []


@pytest.mark.parametrize(
    ("number", "region", "uscc"),
    [
        ("", "330602", ""),
        ("MB430103843010311C2201", "430103", "12430103MB43010389"),
        ("MB430103843010011C2201", "430103", "12430103MB43010389"),  # licensed by the prefecture
        ("PDY10234843010311D2202", "430103", "12430103MB43010389"),  # pseudo code: no cross-check
        ("430103110234", "430103", ""),
    ],
)
def test_ordinary_licence_numbers_raise_no_doubt(number: str, region: str, uscc: str) -> None:
    assert licence_warnings(number, region, uscc) == []


@pytest.mark.parametrize(
    ("number", "region", "uscc", "words"),
    [
        ("12345", "430103", "", "现在是 5 位"),
        ("MB430103843010311C2204", "430103", "", "末位"),
        ("MB430103843010311C2201", "330602", "", "不在同一市"),
        ("330602110234", "430103", "", "不在同一市"),
        ("MB430103843010311C2201", "430103", "12330602MB33060215", "前 9 位"),
        ("MB43010384301031102201", "430103", "", "WS 218"),
    ],
)
def test_doubts_licence_numbers(number: str, region: str, uscc: str, words: str) -> None:
    (warning,) = licence_warnings(number, region, uscc)
    assert words in warning


@pytest.mark.parametrize(
    "phone",
    [
        "",
        "13800000000",
        "138 0000 0000",
        "+86 138-0000-0000",
        "0575-88000001",
        "(0953)6022222",
        "0575-88000001转801",
        "010-88000001-801",
        "400-888-0000",
        "95588",
        "12345",
    ],
)
def test_ordinary_phones_raise_no_doubt(phone: str) -> None:
    assert phone_warnings(phone) == []


@pytest.mark.parametrize(
    "phone",
    [
        "abc",
        "-",
        "无",
        "1380000000",
        "138000000000",
        "12800000000",
        "0575-8800",
        "13800000000/13900000000",
        "110转院长",
    ],
)
def test_what_nobody_can_dial_is_refused_where_a_person_is_to_be_reached(phone: str) -> None:
    assert not is_phone(phone)
    with pytest.raises(ValidationError, match="这不是电话号码的写法"):
        contact_field("contact_phone", required=False).clean(phone)


def test_a_number_without_its_area_code_is_sent_back_for_it() -> None:
    with pytest.raises(ValidationError, match="电话缺少区号"):
        contact_field("contact_phone", required=False).clean("88000001")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("０５７５－８８０００００１", "0575-88000001"),
        ("１３８０００００００９　", "13800000009"),
        ("（0575）88000001转８", "(0575)88000001转8"),
    ],
)
def test_wide_digits_of_a_phone_become_plain_ones_wherever_it_is_typed(typed: str, plain: str) -> None:
    assert plain_phone(typed) == plain
    assert contact_field("contact_phone", required=True).clean(typed) == plain
    form = PhoneForm({"phone": typed})
    assert form.is_valid()
    assert form.cleaned_data["phone"] == plain


def test_digits_of_other_scripts_are_no_phone() -> None:
    assert phone_warnings("1" + "\N{ARABIC-INDIC DIGIT THREE}" * 10)


@pytest.mark.parametrize(("phone", "words"), [("88000001", "区号"), ("123", "不是电话号码"), ("无", "不是电话号码")])
def test_doubts_phones(phone: str, words: str) -> None:
    (warning,) = phone_warnings(phone)
    assert words in warning


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["1233", "12330602mb33060215", "12330602MB3306021O"])
def test_the_database_refuses_what_is_no_code_at_all(code: str) -> None:
    factories.OpenElderCareFactory.create()

    with pytest.raises(IntegrityError, match="institution_uscc_characters"), transaction.atomic():
        Institution.objects.update(uscc=code)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            lambda: uscc_warnings("12330602MB33060215", "private_for_profit"),
            "统一社会信用代码表示事业单位，与所填性质“民办营利”不一致，请核对。",
        ),
        (
            lambda: uscc_warnings(compose_uscc("57", "330602", "MB330602")),
            "统一社会信用代码的前两位（57）不是常见的登记管理部门和机构类别。",
        ),
        (lambda: licence_warnings("1" * 21), "执业许可证登记号一般为 22 位（旧号为 12 位数字），现在是 21 位。"),
        (
            lambda: licence_warnings("MB43010384301031102201"),
            "执业许可证登记号的构成不符合 WS 218（组织机构代码、区划、经济类型、机构类别、经营性质），请核对。",
        ),
        (
            lambda: licence_warnings("MB430103843010311C2204"),
            "执业许可证登记号末位应为 1（非营利）、2（营利）或 9（其他）。",
        ),
        (
            lambda: licence_warnings("MB430103843010311C2201", "330602"),
            "执业许可证登记号中的区划（430103）与所在县区（330602）不在同一市，请核对。",
        ),
        (
            lambda: licence_warnings("330602110234", "430103"),
            "执业许可证登记号中的区划（330602）与所在县区（430103）不在同一市，请核对。",
        ),
        (
            lambda: licence_warnings("MB430103843010311C2201", "430103", "12330602MB33060215"),
            "执业许可证登记号前 9 位与统一社会信用代码中的组织机构代码不一致，请核对。",
        ),
        (lambda: phone_warnings("88000001"), "电话缺少区号，请写成“区号-号码”。"),
        (
            lambda: phone_warnings("123"),
            "这不是电话号码的写法。请填一个 11 位手机号，带区号的座机（如 0575-88000001，分机写“转”），"
            "或 400、95 开头的号码。",
        ),
    ],
)
def test_a_doubt_is_one_whole_sentence(asked: Callable[[], list[str]], sentence: str) -> None:
    assert asked() == [sentence]


def test_all_doubts_about_a_number_are_told() -> None:
    body = "57330602MB3306029"
    assert len(uscc_warnings(body + check_character(body), "public")) == 2
    assert len(licence_warnings("MB430103843010311C2204", "330602", "12330602MB33060215")) == 3
