"""One form field per blank. A form turns text into values and stops."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from agreements.text.schema import Blank, BlankKind
from boundary.fields import PrintedField
from frame.days import DayField
from frame.numbers import AmountField, WholeNumberField
from institutions.identifiers import phone_warnings, plain_phone

LARGEST_AMOUNT = Decimal("999999999.99")


class PrintableField(PrintedField):
    """A line of an agreement. Too long a text is told, never cut by the browser."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


def validate_phone(phone: str) -> None:
    """Raise ValidationError for what is no phone number of the mainland, with the forms that are."""
    if doubts := phone_warnings(phone):
        raise ValidationError(doubts, code="phone")


class PhoneField(PrintableField):
    """A phone number, in half-width digits however it was typed."""

    default_validators = [*PrintableField.default_validators, validate_phone]
    widget = forms.TelInput

    def to_python(self, value: Any) -> Any:
        return plain_phone(super().to_python(value) or "")


def _text(blank: Blank) -> forms.Field:
    long = blank.max_length > 100
    widget = forms.Textarea(attrs={"rows": 2}) if long else forms.TextInput()
    return PrintableField(max_length=blank.max_length, widget=widget)


def _telephone(blank: Blank) -> forms.Field:
    return PhoneField(max_length=blank.max_length)


def _integer(blank: Blank) -> forms.Field:
    return WholeNumberField(
        min_value=0 if blank.minimum is None else blank.minimum,
        max_value=9999 if blank.maximum is None else blank.maximum,
        error_messages={"invalid": "请填写整数。"},
    )


def _money(blank: Blank) -> forms.Field:
    highest = LARGEST_AMOUNT if blank.maximum is None else Decimal(blank.maximum)
    return AmountField(
        min_value=Decimal(blank.minimum or 0),
        max_value=highest,
        decimal_places=2,
        error_messages={
            "invalid": "请填写金额，例如 12000 或 12000.50。",
            "min_value": "金额不能小于 %(limit_value)s 元。",
            "max_value": "金额不能大于 %(limit_value)s 元。",
            "max_decimal_places": "金额最多到分（两位小数）。",
        },
    )


def _date(_: Blank) -> forms.Field:
    return DayField()


def _choice(blank: Blank) -> forms.Field:
    options = [("", "暂不填写"), *((option, option) for option in blank.choices)]
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect)


BUILDERS: dict[BlankKind, Callable[[Blank], forms.Field]] = {
    BlankKind.AUTHORITY: _text,
    BlankKind.PERSON: _text,
    BlankKind.TELEPHONE: _telephone,
    BlankKind.TEXT: _text,
    BlankKind.INTEGER: _integer,
    BlankKind.MONEY: _money,
    BlankKind.DATE: _date,
    BlankKind.CHOICE: _choice,
}


def field_for(blank: Blank) -> forms.Field:
    """Return the field for an asked blank. Nothing is required while drafting: the check step lists what is missing."""
    field = BUILDERS[blank.kind](blank)
    field.required = False
    field.label = blank.label + (f"（{blank.unit}）" if blank.unit else "") + ("" if blank.required else "（可不填）")
    field.help_text = blank.help
    field.widget.attrs["autocomplete"] = "off"
    return field


CONTACT_FIELDS = {
    "signatory_name": ("签约人姓名", 50, "在协议上签字的人，一般是法定代表人或其授权代表"),
    "signatory_title": ("签约人职务", 50, ""),
    "contact_name": ("经办联系人", 50, "对方和主管部门有事时联系的人"),
    "contact_phone": ("联系电话", 30, "手机或带区号的座机"),
}
# What a side must have given when it sends or agrees.
REQUIRED_CONTACTS = ("signatory_name", "contact_phone")


def contact_field(name: str, *, required: bool) -> PrintableField:
    """Return the form field for one of CONTACT_FIELDS."""
    label, longest, help_text = CONTACT_FIELDS[name]
    kind = PhoneField if name == "contact_phone" else PrintableField
    field = kind(label=label, max_length=longest, required=required, help_text=help_text)
    field.widget.attrs["autocomplete"] = "off"
    return field
