"""The first page of every role. It looks into every app, so it stands above them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import PersonRequest
from agreements.register import worklist as agreements
from duties import worklist as administrators
from duties.holders import waiting_of
from eligibility import worklist as eligibility
from filing import worklist as filings
from frame.worklist import Group
from institutions.posts import Posts, posts_of
from sealing import worklist as signing
from surveys import worklist as surveys
from yiyang.menu import lines_of
from yiyang.next_steps import next_steps


@dataclass(frozen=True)
class Section:
    """One group of the work list, with the fragment that shows its rows."""

    template: str
    group: Group[Any]


@require_GET
def home(request: PersonRequest) -> HttpResponse:
    """Show what waits for the person. Who has no work list, and nobody waits for, is led to the first page of their
    menu."""
    posts = posts_of(request.user)
    if not posts.duties and waiting_of(request.user).exists():
        return redirect("waiting-duties")
    has_list = posts.is_of_an_institution or posts.is_reviewer
    sections = list(_sections(request.user, posts) if has_list else _to_confirm(request.user, posts))
    full = [section for section in sections if section.group.rows]
    if not (has_list or full):
        return redirect(lines_of(posts)[0].address)
    context = {
        "sections": sorted(full, key=lambda section: not section.group.is_late),
        "next_steps": [] if full else next_steps(posts),
        "nothing": [section.group.empty for section in sections if not section.group.rows and section.group.empty],
    }
    return render(request, "home.html", context)


def _sections(user: User, posts: Posts) -> Iterator[Section]:
    """Yield the groups in the order in which they concern the person: what others wait for comes first."""
    if posts.is_reviewer:
        yield from (Section("filing/_work_group.html", group) for group in filings.groups(user, reviews=True))
        to_check = eligibility.groups_for_official(user)
        yield from (Section("eligibility/_work_group.html", group) for group in to_check)
        waiting = administrators.groups_for_official(user)
        yield from (Section("duties/_work_group.html", group) for group in waiting)
        unseen = administrators.holders_to_confirm(user)
        yield from (Section("duties/_holders_group.html", group) for group in unseen)
        signatories = signing.identities_for_official(user)
        yield from (Section("sealing/_work_group.html", group) for group in signatories)
    if not posts.is_of_an_institution:
        return
    own = [Section("agreements/_work_group.html", group) for group in agreements.groups(user)]
    yield from (section for section in own if section.group.slug in agreements.ANSWERS)
    begun_to_sign = agreements.unfinished_batches(user)
    yield from (Section("agreements/_batch_group.html", group) for group in begun_to_sign)
    yield from (Section("filing/_work_group.html", group) for group in filings.groups(user, reviews=False))
    yield from _to_confirm(user, posts)
    begun = eligibility.groups_for_clerk(user)
    yield from (Section("eligibility/_work_group.html", group) for group in begun)
    asked = surveys.groups_for_institution(user)
    yield from (Section("surveys/_work_group.html", group) for group in asked)
    yield from (section for section in own if section.group.slug not in agreements.ANSWERS)


def _to_confirm(user: User, posts: Posts) -> Iterator[Section]:
    """Yield who signs and what is sealed with at the person's institution, as far as it waits for the person."""
    yield from (Section("sealing/_work_group.html", group) for group in signing.groups_for_house(user))
    yield from (Section("sealing/_seals_group.html", group) for group in signing.seals_for_house(user))
    if posts.is_administrator:
        yield from (Section("sealing/_ending_group.html", group) for group in signing.certificates_ending(user))
        yield from (Section("sealing/_seals_group.html", group) for group in signing.seals_without_keeper(user))
