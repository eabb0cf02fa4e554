"""The register of institutions and its ledger."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from audit.log import append
from boundary.events import ListExported
from boundary.rates import limited
from boundary.serving import attached
from boundary.workbooks.ledgers import XLSX
from frame.following import page_of
from institutions.models import institutions_held_by
from institutions.permissions import can_add
from institutions.register.ledger import LEDGER, MOST_ROWS, write_ledger
from institutions.register.page import Register
from institutions.sockets import FACETS


@require_GET
@limited("search")
def institution_list(request: PersonRequest) -> HttpResponse:
    """What the person may see, one's own first; officials begin with their remit."""
    register = _register(request)
    page = page_of(register.rows, request.GET, count=register.count)
    context = {
        "register": register,
        "page": page,
        "rows": list(register.shown(page)),
        "own": institutions_held_by(request.user).select_related("region"),
        "can_add": can_add(request.user),
        "export_query": register.asked.without("page"),
    }
    return render(request, "institutions/register/list.html", context)


@require_GET
@limited("export")
def institution_export(request: PersonRequest) -> HttpResponseBase:
    """The ledger of what the same address shows on screen, all pages of it; too much is asked for in parts."""
    register = _register(request)
    if register.count > MOST_ROWS:
        many = f"一次最多导出 {MOST_ROWS} 家，现在有 {register.count} 家。请先按地区或条件缩小范围。"
        messages.warning(request, many)
        return redirect(f"{reverse('institution-list')}?{request.GET.urlencode()}")
    asked = register.asked.in_words()
    append(ListExported(list=LEDGER, asked=asked, rows=register.count), by=request.user, subject=request.user)
    file = write_ledger(register, by=request.user)
    return attached(file, name=f"{LEDGER}-{timezone.localdate():%Y%m%d}.xlsx", content_type=XLSX)


def _register(request: PersonRequest) -> Register:
    return Register(request.user, request.GET, on=timezone.localdate(), more=FACETS)
