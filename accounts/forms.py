"""Sign-in and sign-off forms: text becomes values."""

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
