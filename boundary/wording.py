"""What a form says of what cannot be, in words for people: the framework's own speak of values and choices.

Set once, before any form is made, since a form takes its messages when it is made. A form's own words go before these.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import validators

from boundary.texts import plain, whole

DAY = "请填写存在的日期，例如 2026年11月22日。"
CHOICE = "请从给出的选项中选择。"
NUMBER = "请填写数字。"
FILE = "没有收到文件，请重新选择后上传。"
OF_FIELDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": "请填写这一项。"},
    forms.IntegerField: {"invalid": "请填写整数。"},
    forms.FloatField: {"invalid": NUMBER},
    forms.DecimalField: {"invalid": NUMBER},
    forms.DateField: {"invalid": DAY},
    forms.DateTimeField: {"invalid": DAY},
    forms.ChoiceField: {"invalid_choice": CHOICE},
    forms.MultipleChoiceField: {"invalid_choice": CHOICE, "invalid_list": CHOICE},
    forms.ModelChoiceField: {"invalid_choice": CHOICE},
    forms.ModelMultipleChoiceField: {"invalid_choice": CHOICE, "invalid_list": CHOICE, "invalid_pk_value": CHOICE},
    forms.FileField: {
        "invalid": FILE,
        "missing": FILE,
        "empty": "文件是空的，请重新选择。",
        "contradiction": "请上传文件，或者勾选清除，不要两样都选。",
        "max_length": "文件名最多 %(max)d 个字，现在有 %(length)d 个，请改短后上传。",
    },
}
OF_VALIDATORS: dict[type, str] = {
    validators.RegexValidator: "写法不对，请核对。",
    validators.URLValidator: "请填写完整的网址，例如 https://example.cn/。",
    validators.EmailValidator: "请填写正确的电子邮箱，例如 name@example.cn。",
    validators.MaxLengthValidator: "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
    validators.MinLengthValidator: "最少 %(limit_value)d 个字，现在有 %(show_value)d 个。",
    validators.MaxValueValidator: "不能大于 %(limit_value)s。",
    validators.MinValueValidator: "不能小于 %(limit_value)s。",
    validators.ProhibitNullCharactersValidator: "有看不见的空字符，请删去后重新填写。",
}
TOO_LONG = "数字太长，请核对。"
OF_DECIMALS = {
    "invalid": NUMBER,
    "max_digits": TOO_LONG,
    "max_decimal_places": "最多 %(max)s 位小数。",
    "max_whole_digits": TOO_LONG,
}


def _kept(field: forms.CharField, value: Any) -> Any:
    """Return what a text field takes as it is kept. What must not be touched, a password, is not stripped either."""
    text = TAKEN(field, value)
    if not field.strip or not isinstance(text, str) or getattr(field, "is_taken_as_written", False):
        return text
    return plain(text, of_lines=isinstance(field.widget, forms.Textarea)) or field.empty_value


TAKEN = forms.CharField.to_python


def speak() -> None:
    """Give forms these words, and every text field the rules that what it takes was readable and is kept clean."""
    for field, words in OF_FIELDS.items():
        field.default_error_messages = {**field.default_error_messages, **words}
    for validator, message in OF_VALIDATORS.items():
        setattr(validator, "message", message)  # noqa: B010 -- the type is any validator's
    validators.DecimalValidator.messages = OF_DECIMALS
    forms.CharField.default_validators = [whole]
    setattr(forms.CharField, "to_python", _kept)  # noqa: B010 -- to a checker of types a method stays as it is
