"""The forms of signing identities and seals. They turn text into values and stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from boundary.fields import ACCEPTED, WordsField
from frame.days import DayField
from sealing.enrolling import Mandate
from sealing.keys.pins import LONGEST, RULE_IN_WORDS, SHORTEST, as_typed, can_be_one
from sealing.models import Certificate, Level, Seal
from sealing.models.seal import Kind
from sealing.seals import Described, Scope

PICTURES = ".png,.jpg,.jpeg,image/png,image/jpeg"
KEYSTORES = ".p12,.pfx,application/x-pkcs12"
NOT_A_PIN = f"签名密码是 {SHORTEST} 至 {LONGEST} 位数字，不是登录密码。刚才这次不算输错，请再输入。"
FORGOTTEN, RENEWED = "forgotten", "renewed"


class PinField(forms.CharField):
    """A PIN, typed where nobody reads it, kept by no browser and by no draft."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        shown = forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]*"})
        missing = {"required": f"请输入{label}。", "max_length": f"{label}最多 %(limit_value)d 位。"}
        super().__init__(label=label, max_length=LONGEST, widget=shown, error_messages=missing, **kwargs)

    @sensitive_variables()
    def to_python(self, value: Any) -> Any:
        return as_typed(super().to_python(value) or "")


class KnownPinField(PinField):
    """A PIN that was chosen before. What can be nobody's PIN is told here, and is no attempt that counts."""

    def __init__(self, label: str = "签名密码", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.max_length = None
        self.validators = [_could_be_one]


@sensitive_variables()
def _could_be_one(pin: str) -> None:
    if not can_be_one(pin):
        raise forms.ValidationError(NOT_A_PIN)


class ReasonForm(forms.Form):
    reason = WordsField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="对方会看到，也会记入日志。",
        error_messages={"required": "请写明原因。", "max_length": "原因最多 %(limit_value)d 个字。"},
    )


class AskForm(forms.Form):
    """On which level; with a mandate unless the person is the legal representative."""

    level = forms.ChoiceField(label="证书级别", widget=forms.RadioSelect, error_messages={"required": "请选择级别。"})
    until = DayField(label="授权截止日期", required=False, help_text="授权委托书上写的最后一天；没有写的不填。")
    mandate = forms.FileField(
        label="授权委托书",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text="盖公章、法定代表人签字的授权委托书，扫描成 PDF、JPG 或 PNG，不超过 50 兆。",
        error_messages={"required": "请上传授权委托书的扫描件。"},
    )

    def __init__(self, *args: Any, levels: Iterable[Level], by_law: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(level.value, str(level.label)) for level in levels]
        self.fields["level"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        if len(choices) == 1:
            self.fields["level"].initial = choices[0][0]
        if by_law:
            del self.fields["until"], self.fields["mandate"]

    @property
    def asked(self) -> Mandate:
        return Mandate(Level(self.cleaned_data["level"]), self.cleaned_data.get("until"))


class PinForm(forms.Form):
    """A PIN that is chosen, typed twice."""

    pin = PinField("签名密码", help_text=RULE_IN_WORDS)
    again = PinField("再输入一次签名密码")

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        if entered.get("pin") and entered.get("again") and entered["pin"] != entered["again"]:
            self.add_error("again", "两次输入的签名密码不一样。")
        return entered


class TokenPinForm(forms.Form):
    """The PIN of a token that holds the person's key; nothing is chosen here."""

    pin = forms.CharField(
        label="密码设备的 PIN 码",
        strip=False,
        max_length=64,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="保管密码设备的人员交给您的 PIN 码。它只交给设备核对，平台不保存。",
        error_messages={"required": "请输入密码设备的 PIN 码。", "max_length": "PIN 码最多 %(limit_value)d 位。"},
    )


class ChangePinForm(PinForm):
    before = KnownPinField("现在的签名密码")
    pin = PinField("新的签名密码", help_text=RULE_IN_WORDS)
    again = PinField("再输入一次新的签名密码")
    field_order = ("before", "pin", "again")


class ImportForm(PinForm):
    """A file of a licensed authority with its password, and the PIN under which its key will lie here."""

    file = forms.FileField(
        label="证书文件",
        widget=forms.ClearableFileInput(attrs={"accept": KEYSTORES}),
        help_text="从持证电子认证服务机构得到的 .p12 或 .pfx 文件，要包含私钥和上级证书。",
        error_messages={"required": "请选择证书文件。"},
    )
    password = forms.CharField(
        label="证书文件的密码",
        required=False,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="只用来打开这一次，不保存。",
    )
    field_order = ("file", "password", "pin", "again")


class AgainForm(forms.Form):
    why = forms.ChoiceField(
        label="为什么换发",
        choices=[
            (FORGOTTEN, "忘记了签名密码，或者已锁定：原证书立即吊销"),
            (RENEWED, "证书快要到期：原证书用到新证书启用为止"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择原因。"},
    )


class RevokeForm(ReasonForm):
    why = forms.ChoiceField(
        label="吊销的情形",
        choices=[
            (each.value, str(each.label))
            for each in Certificate.Reason
            if each != Certificate.Reason.SUPERSEDED  # that is a new request
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择情形。"},
    )
    field_order = ("why", "reason")


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Somebody of the institution, by name."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.full_name}（{obj.username}）"


class SealForm(forms.Form):
    kind = forms.ChoiceField(label="种类", choices=Seal.Kind, error_messages={"required": "请选择种类。"})
    number = forms.RegexField(
        r"[-0-9A-Za-z]{1,30}",
        label="印章编码",
        help_text="刻在印章上或备案证明上的编码；没有的写本单位自己的编号，只用数字和字母。",
        error_messages={"required": "请填写印章编码。", "invalid": "编码只用数字、字母和短横线，最多 30 位。"},
    )
    keeper = PersonField(
        queryset=User.objects.none(),
        label="保管人",
        empty_label="请选择",
        error_messages={"required": "请选择保管人。", "invalid_choice": "请从列表里选择。"},
    )
    picture = forms.FileField(
        label="印章图片",
        widget=forms.ClearableFileInput(attrs={"accept": PICTURES}),
        help_text="在白纸上盖清楚后扫描或拍照，PNG 或 JPG，不超过 2 兆。它只是印章的图片，不是电子印章。",
        error_messages={"required": "请上传印章图片。"},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keeper"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField

    @property
    def described(self) -> Described:
        entered = self.cleaned_data
        return Described(Kind(entered["kind"]), entered["number"], entered["keeper"].pk)


class HandwritingForm(forms.Form):
    picture = forms.FileField(
        label="手写签名的图片",
        widget=forms.ClearableFileInput(attrs={"accept": PICTURES}),
        help_text="用黑色或蓝色的笔在白纸上签名，拍照或扫描，让签名占满画面，PNG 或 JPG，不超过 2 兆。",
        error_messages={"required": "请选择手写签名的图片。"},
    )


class KeeperForm(forms.Form):
    keeper = PersonField(
        queryset=User.objects.none(),
        label="新的保管人",
        empty_label="请选择",
        error_messages={"required": "请选择保管人。", "invalid_choice": "请从列表里选择。"},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keeper"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField


class AuthoriseForm(forms.Form):
    person = PersonField(
        queryset=User.objects.none(),
        label="被授权人",
        empty_label="请选择",
        error_messages={"required": "请选择被授权人。", "invalid_choice": "请从列表里选择。"},
    )
    starts_on = DayField(label="授权起始日期", error_messages={"required": "请填写日期。"})
    ends_on = DayField(label="授权截止日期", error_messages={"required": "请填写日期。"})
    templates = forms.MultipleChoiceField(
        label="限于范本",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="只用于这些范本的协议；都不勾选的，不限范本。",
        error_messages={"invalid_choice": "请从列表里选择范本。"},
    )
    agreement = forms.CharField(
        label="限于协议编号",
        required=False,
        max_length=20,
        help_text="只用于一份协议的，填协议编号，例如 YY2026-000001；不限的不填。",
        error_messages={"max_length": "协议编号最多 %(limit_value)d 个字。"},
    )

    def __init__(self, *args: Any, people: Any, templates: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["templates"].choices = list(templates.items())  # type: ignore[attr-defined]  # a field of choices
        if not templates:
            del self.fields["templates"]

    @property
    def scope(self) -> Scope:
        entered = self.cleaned_data
        templates = tuple(entered.get("templates", ()))
        return Scope(entered["starts_on"], entered["ends_on"], templates, entered["agreement"].strip())
