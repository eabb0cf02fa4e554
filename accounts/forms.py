"""Sign-in and sign-off forms: text becomes values."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "用户名或密码不对。请检查后重新输入，注意大小写。",
        "inactive": "这个账号已停用，请联系本单位管理人员。",
    }

    def clean_username(self) -> str:
        """User names are lower case; a keyboard locked in capitals does not matter."""
        username: str = self.cleaned_data["username"]
        return username.strip().lower()


class CodeField(forms.CharField):
    """A one-time or recovery code: the browser offers what the phone shows and keeps nothing."""

    def __init__(self, label: str, *, required: bool = True) -> None:
        attributes = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(label=label, max_length=40, required=required, widget=forms.TextInput(attrs=attributes))


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
