"""What shows that somebody who is to see or decide on another person is that person, or has held their secret.

Only what is certain refuses: names are shared, and so is the computer of an office. Whoever takes care to leave no such
trace is not stopped by it (docs/security.md); the log names them.
"""

from __future__ import annotations

from accounts.models import User, bare_number
from duties.models import AdministratorRequest, Invitation
from uploads.receiving import account

ANOTHER = "确实不是同一个人的，请由另一位有权的人员办理。"
BROWSER = "这份申请是从您现在用的浏览器提交的，申请人不能由自己确认。"
ACCOUNT = "这份申请是登录您的账号后提交的，申请人不能由自己确认。"
MOBILE = "申请里填写的手机号是您账号的手机号，申请人不能由自己确认。"
EMAIL = "申请里填写的电子邮箱是您账号的电子邮箱，申请人不能由自己确认。"
OPENED = "登录您的账号打开过给这个人的邀请链接，知道链接的人不能再确认本人。"


def why_not_decided_by(request: AdministratorRequest, by: User, *, browser: str = "") -> str:
    """Return in words why `by` is the applicant of a request; "" where nothing shows it.

    `browser` is the digest of what their browser keeps, "" where it keeps nothing.
    """
    told = ""
    if browser and browser == request.browser:
        told = BROWSER
    elif request.upload.sender == account(by):
        told = ACCOUNT
    elif by.mobile and bare_number(request.mobile) == by.mobile:
        told = MOBILE
    elif by.email and request.email.casefold() == by.email.casefold():
        told = EMAIL
    return told and told + ANOTHER


def why_not_seen_by(holder: User, by: User, *, browser: str = "") -> str:
    """Return in words why `by` does not say who uses the holder's account: they applied for it or opened its link."""
    accepted = Invitation.objects.filter(accepted_by=holder)
    if accepted.filter(opened_by=by).exists():
        return OPENED + ANOTHER
    requests = AdministratorRequest.objects.filter(invitation__in=accepted).select_related("upload")
    return next((told for each in requests if (told := why_not_decided_by(each, by, browser=browser))), "")
