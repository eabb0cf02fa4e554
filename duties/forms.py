"""The forms of people pages. They turn text into values and stop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.names import has_invisible, plain_name
from accounts.passwords import RULE_IN_WORDS, refusal_of
from boundary.fields import ACCEPTED, PrintedField, WordsField
from duties.claims import fits
from duties.holders import Look, Seen, faults
from duties.introducing import NOT_USABLE, opened_by
from duties.models import AdministratorRequest, Introduction
from duties.requesting import spelled, under_number
from frame import finding
from institutions.identifiers import phone_warnings, plain_phone
from institutions.models import Duty, Institution
from institutions.uscc import normalise_uscc

NAME_LENGTH = 50
FIND_IT = "没有申请码也可以申请：请按统一社会信用代码查找机构。已经申请过的，请用受理编号查看进度。"
LEAVE_IT = "请核对；不用申请码也可以申请，把这一项清空就行。"


class FullNameField(PrintedField):
    """A person's name as on the identity card: of one width, without spaces in a Chinese one.

    What cannot be seen is refused and not cleaned: whoever pastes it is to see which name is meant.
    """

    def __init__(self, label: str = "姓名", **kwargs: Any) -> None:
        missing = {"required": "请填写姓名，与身份证一致。"}
        super().__init__(label=label, max_length=NAME_LENGTH, error_messages=missing, **kwargs)

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if has_invisible(typed):
            raise ValidationError("姓名里混有看不见的字符，多半是从别处粘贴时带进来的。请清空后重新输入姓名。")
        name = plain_name(typed)
        self.run_validators(name)  # of one width it may be longer
        return name


def duty_choices(duties: Iterable[Duty]) -> list[tuple[str, str]]:
    return [(duty.value, str(duty.label)) for duty in duties]


class InviteForm(forms.Form):
    full_name = FullNameField(help_text="接受邀请的人必须是这个姓名。")
    duty = forms.ChoiceField(label="职责", error_messages={"required": "请选择职责。"})
    email = forms.EmailField(
        label="电子邮箱",
        required=False,
        help_text="可以不填。填写后，邀请链接发到这个邮箱；不填的，打印密封信交给本人。",
        error_messages={"invalid": "请填写正确的电子邮箱，例如 name@example.cn。"},
    )

    def __init__(self, *args: Any, duties: Iterable[Duty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].choices = duty_choices(duties)  # type: ignore[attr-defined]  # a ChoiceField


class GrantForm(forms.Form):
    duty = forms.ChoiceField(label="再授予的职责", error_messages={"required": "请选择职责。"})

    def __init__(self, *args: Any, duties: Iterable[Duty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].choices = duty_choices(duties)  # type: ignore[attr-defined]  # a ChoiceField


class ReasonForm(forms.Form):
    reason = WordsField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="会记入日志。",
        error_messages={
            "required": "请写明原因，以后查阅时才知道为什么。",
            "max_length": "最多 %(limit_value)d 个字。",
        },
    )


class NewAccountForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """What an invited person without an account says of themself. The name stands in the invitation."""

    password = forms.CharField(
        label="密码", strip=False, max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label="再输入一次密码",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ["username", "mobile", "email"]
        help_texts = {
            "username": "登录时使用：3 至 32 位小写字母、数字或 . _ -，不能只有数字。",
            "mobile": "也可以用来登录；只有本单位和主管部门的人办理业务时能看到。",
            "email": "可以不填。填写后会收到待办提醒。",
        }
        error_messages = {"username": {"unique": "这个用户名已有人使用，请换一个。"}}

    def __init__(self, *args: Any, full_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.full_name = full_name
        self.fields["mobile"].required = True
        self.fields["password"].help_text = RULE_IN_WORDS

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        return username.strip().lower()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's own hook: only now the instance holds what was typed
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            self.add_error("again", "两次输入的密码不一样。")
        if password and (refusal := refusal_of(password, self.instance)):
            self.add_error("password", refusal)


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label="咨询电话",
        required=False,
        max_length=30,
        help_text="写明区号。申请成为机构管理员的人会在公开页面上看到，请不要填个人手机号。",
    )

    def clean_phone(self) -> str:
        phone = plain_phone(self.cleaned_data["phone"])
        if doubts := phone_warnings(phone):
            raise ValidationError(doubts)
        return phone


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=50, **finding.typed("姓名或用户名"))

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["q"].label = self.fields["q"].widget.attrs["placeholder"] = label

    @property
    def text(self) -> str:
        """What is asked for, spelled as names are kept; "" for nothing or for what no text can be."""
        return plain_name(self.cleaned_data["q"]) if self.is_valid() else ""


class FindForm(forms.Form):
    code = forms.CharField(
        label="统一社会信用代码",
        max_length=40,
        help_text="18 位，在营业执照、登记证书或执业许可证上。",
        error_messages={"required": "请填写机构的统一社会信用代码。"},
    )

    def clean_code(self) -> str:
        return normalise_uscc(self.cleaned_data["code"])


class NumberForm(forms.Form):
    number = forms.CharField(
        label="受理编号",
        max_length=20,
        help_text="提交申请时显示的编号，形如 GL-ABCD-EFGH。",
        error_messages={"required": "请填写受理编号。"},
    )

    def clean_number(self) -> str:
        number = spelled(self.cleaned_data["number"])
        if not AdministratorRequest.objects.filter(number=number).exists() and under_number(number) is None:
            raise ValidationError("没有这个受理编号的申请，请核对有没有输错。")
        return number


class IntroductionField(forms.CharField):
    """The code on a letter from another institution; the value is what it introduces, None for nothing typed."""

    def __init__(self, *, cure: str, **kwargs: Any) -> None:
        self.told = NOT_USABLE + cure
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(label="函上的申请码", max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> Introduction | None:
        typed: str = super().clean(value)
        found = opened_by(typed) if typed else None
        if typed and found is None:
            raise ValidationError(self.told)
        return found


class LetterForm(forms.Form):
    """For whoever holds a letter from another institution."""

    letter = IntroductionField(
        cure=FIND_IT,
        help_text="合作机构寄来的函上印的 12 位申请码。",
        error_messages={"required": "请填写函上的申请码。"},
    )


class CodeForm(forms.Form):
    """The code that an applicant wrote down, on a page of their application that their browser does not know."""

    code = forms.CharField(
        label="领取码",
        max_length=40,
        help_text="提交申请时页面上显示的 12 位领取码。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写领取码。"},
    )

    def __init__(self, *args: Any, asked: AdministratorRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not fits(self.asked, code):
            raise ValidationError("领取码不对，请核对有没有抄错。找不到领取码的，请联系主管部门打印密封信。")
        return code


class HolderForm(forms.Form):
    """What somebody saw who confirms the holder of a duty."""

    seen = forms.ChoiceField(
        label="看过的证件",
        choices=Seen.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择看过哪一种证件。", "invalid_choice": "请选择看过哪一种证件。"},
    )
    mobile = forms.CharField(
        label="对方的手机号",
        max_length=30,
        help_text="请当面问本人，不要从别处抄。",
        error_messages={"required": "请填写本人当面说的手机号。"},
    )
    code = forms.CharField(
        label="确认码",
        max_length=20,
        help_text="对方登录后，“等待确认的职责”页面上显示的 8 位确认码。请看着对方的屏幕填写。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写对方页面上的确认码。"},
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if not person.mobile:
            del self.fields["mobile"]

    @property
    def look(self) -> Look:
        typed = self.cleaned_data
        return Look(typed.get("seen", ""), typed.get("mobile", ""), typed.get("code", ""))

    def clean(self) -> None:
        for name, told in faults(self.person, self.look).items():
            if name in self.cleaned_data:
                self.add_error(name, told)


def _licence() -> forms.FileField:
    return forms.FileField(
        label="证照扫描件",
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text="执业许可证、备案回执或登记证书，加盖公章；PDF、JPG 或 PNG，不超过 50 兆。",
        error_messages={"required": "请选择证照的扫描件。", "empty": "文件是空的，请重新扫描后上传。"},
    )


class AnotherFileForm(forms.Form):
    """Another scan in the place of one that was refused; what else was entered is known."""

    licence = _licence()


class RequestForm(forms.Form):
    full_name = FullNameField("您的姓名")
    mobile = forms.CharField(
        label="手机号", max_length=20, help_text="主管部门核实时联系您。", error_messages={"required": "请填写手机号。"}
    )
    email = forms.EmailField(
        label="电子邮箱",
        required=False,
        help_text="可以不填。填写后，核实结果会发到这个邮箱。",
        error_messages={"invalid": "请填写正确的电子邮箱，例如 name@example.cn。"},
    )
    licence = _licence()
    letter = IntroductionField(
        cure=LEAVE_IT,
        required=False,
        help_text="可以不填。收到合作机构寄来的函的，填写上面的申请码，主管部门就知道您为哪份协议而来。",
    )

    def __init__(self, *args: Any, institution: Institution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institution = institution
        if not institution.uscc:  # found by a letter alone: without its code the form leads nowhere
            self.fields["letter"].required = True
            self.fields["letter"].help_text = LetterForm.base_fields["letter"].help_text

    def clean_letter(self) -> Introduction | None:
        found: Introduction | None = self.cleaned_data["letter"]
        if found is not None and found.institution_id != self.institution.pk:
            raise ValidationError(NOT_USABLE + LEAVE_IT)
        return found

    def clean_mobile(self) -> str:
        mobile = User._meta.get_field("mobile").clean(self.cleaned_data["mobile"], None)
        return str(mobile)
