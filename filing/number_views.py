"""How an authority writes its filing numbers: its administrators see the next and set another way."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.confirming import recently_confirmed
from accounts.models import User
from accounts.requests import PersonRequest
from boundary.fields import PrintedField
from filing.numbering import FORM_LENGTH, next_to_come, set_form
from institutions.models import Authority, Duty, memberships_in_use
from verbs.errors import Unacceptable


class NumberForm(forms.Form):
    example = PrintedField(
        label="下一个备案号",
        max_length=FORM_LENGTH + 10,
        help_text="照着本部门的习惯，把下一件受理的编号完整写一遍，例如 越卫医养备字〔2026〕第0038号，以后的依次编。"
        "今年在纸上已经发过编号的，从下一个写起。",
        error_messages={"required": "请写出下一个备案号。", "max_length": "编号太长，最多 %(limit_value)d 个字。"},
    )


@require_http_methods(["GET", "POST"])
@recently_confirmed
@never_cache
def filing_numbers(request: PersonRequest) -> HttpResponse:
    """Show the number that comes next, and set how they are written from it on."""
    authority = _looked_after(request.user)
    form = NumberForm(request.POST or None, initial={"example": next_to_come(authority)})
    if request.method == "POST" and form.is_valid():
        try:
            changed = set_form(authority, form.cleaned_data["example"], by=request.user)
        except Unacceptable as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            said = "备案号的写法已保存" if changed else "备案号的写法没有变化"
            authority.refresh_from_db()
            messages.success(request, f"{said}，下一件受理的编号是 {next_to_come(authority)}。")
            return redirect("people-list")
    context = {"form": form, "authority": authority}
    return render(request, "filing/numbers.html", context, status=422 if form.errors else 200)


def _looked_after(user: User) -> Authority:
    """Return the authority that the person looks after where they act. Raises PermissionDenied to all others."""
    held = memberships_in_use(user).filter(duty=Duty.ADMINISTRATOR, authority__isnull=False)
    found = held.select_related("authority__region").first()
    if found is None or found.authority is None:
        raise PermissionDenied("只有主管部门的管理员可以设定备案号的写法。")
    return found.authority
