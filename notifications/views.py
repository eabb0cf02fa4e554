"""The inbox of one person."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import PersonRequest
from notifications.models import Notice

PER_PAGE = 20


@require_GET
def inbox(request: PersonRequest) -> HttpResponse:
    """The person's notices, newest first; `?show=unread` leaves out what has been read."""
    only_unread = request.GET.get("show") == "unread"
    notices = Notice.objects.visible_to(request.user)
    shown = notices.unread() if only_unread else notices
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/inbox.html", {"page": page, "only_unread": only_unread})


@require_GET
@never_cache
def open_notice(request: PersonRequest, notice_id: int) -> HttpResponse:
    """Mark a notice as read and go to what it is about. E-mails link here."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=notice_id)
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())
    return redirect(notice.url)


@require_POST
def mark_all_read(request: PersonRequest) -> HttpResponse:
    read = Notice.objects.visible_to(request.user).unread().update(read_at=timezone.now())
    messages.success(request, f"已将 {read} 条消息标为已读。" if read else "没有未读消息。")
    return redirect("inbox")
