"""The forms of sign-in, of the second factor and of passwords: text becomes values."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from accounts.passwords import RULE_IN_WORDS, refusal_of
from accounts.who_helps import WHO_HELPS


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "用户名（或手机号）或密码不对。请检查后重新输入，注意大小写。",
        "inactive": f"这个账号已停用，请联系{WHO_HELPS}。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名或手机号"

    def clean_username(self) -> str:
        """Return the account's user name. Those are lower case; a keyboard locked in capitals does not matter."""
        return User.objects.name_for(self.cleaned_data["username"])

    def was_tried(self) -> bool:
        """Return whether both a name and a password were there to be checked."""
        return bool(self.cleaned_data.get("username") and self.cleaned_data.get("password"))


class CodeField(forms.CharField):
    """A one-time or recovery code: the browser offers what the phone shows and keeps nothing."""

    def __init__(self, label: str, *, autofocus: bool = False) -> None:
        attributes = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        widget = forms.TextInput(attrs=attributes | {"autofocus": autofocus})
        super().__init__(label=label, max_length=40, widget=widget)


class ConfirmForm(forms.Form):
    """Password, and the one-time code of whoever has a device."""

    password = forms.CharField(
        label="密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    code = CodeField("动态口令")

    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]


class CodeForm(forms.Form):
    """The second step of signing in: what the phone shows, or a recovery code."""

    code = CodeField("动态口令或恢复码", autofocus=True)


class EnrolForm(forms.Form):
    """Proves that the phone has taken the key."""

    wrong_code = "口令不对。请确认手机时间准确，输入手机上现在显示的 6 位数字。"

    code = CodeField("手机上显示的 6 位动态口令")


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The new password twice. Whoever is here has just proved that they know the old one."""

    error_messages = {"password_mismatch": "两次输入的密码不一样。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = RULE_IN_WORDS
        self.fields["new_password2"].label = "再输入一次新密码"
        self.fields["new_password2"].help_text = ""

    @sensitive_variables("password")
    def validate_password_for_user(self, user: Any, password_field_name: str = "") -> None:
        """Say at the field where a password is chosen, in one sentence, what is wrong with it."""
        password = self.cleaned_data.get("new_password1")
        if password and (refusal := refusal_of(password, user)):
            self.add_error("new_password1", refusal)
