"""The load of `bench.memory`, through HTTP: pages of several people, previews, an export, an import."""

from __future__ import annotations

import os
import re
import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
django.setup()

import requests  # noqa: E402 -- the settings must be loaded first
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from agreements.documents import previews  # noqa: E402
from agreements.models import Agreement, Preview  # noqa: E402
from institutions.models import Duty, Membership  # noqa: E402

PAGES, PREVIEWS = 60, 20  # of each person; of all
DUTIES = (Duty.CLERK, Duty.CLERK, Duty.REVIEWER, Duty.SUPERVISOR, Duty.ADMINISTRATOR, Duty.SIGNATORY)
LINK = re.compile(r'href="(/[^"#]*)"')
NOT_ASKED = ("/sign-out", "/static/", ".pdf", "/export/", "/health", "/language")
SECONDS = 120.0


class Person:
    """Somebody signed in at the running site."""

    def __init__(self, user: User) -> None:
        client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
        client.force_login(user)
        self.user = user
        self.session = requests.Session()
        self.session.cookies.set(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)

    def get(self, path: str) -> requests.Response:
        return self.session.get(f"{settings.SITE_URL}{path}", timeout=60)

    def walk(self, most: int) -> int:
        """Go through the pages that lead on from home, and return how many answered with a page."""
        known, ahead, shown = {"/"}, deque(["/"]), 0
        while ahead and shown < most:
            answer = self.get(ahead.popleft())
            if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
                continue
            shown += 1
            for path in LINK.findall(answer.text):
                if path not in known and not any(sign in path for sign in NOT_ASKED):
                    known.add(path)
                    ahead.append(path.replace("&amp;", "&"))
        return shown


def people() -> list[Person]:
    """Return the demo's people, one for each duty above."""
    taken: list[User] = []
    for duty in DUTIES:
        held = Membership.objects.effective().filter(duty=duty, user__is_active=True, user__is_demo=True)
        found = User.objects.filter(pk__in=held.values("user")).exclude(pk__in=[user.pk for user in taken])
        taken += found.order_by("pk")[:1]
    return [Person(user) for user in taken]


def look_at_previews(everybody: list[Person]) -> int:
    """Order previews as people do, and wait for the worker, until so many were made; return how many."""
    made, looks = 0, list(_who_looks(everybody))
    while looks and made < PREVIEWS:
        Preview.objects.all().delete()  # else whoever looks again is shown the same file
        for person, path in looks:
            person.get(path)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and Preview.objects.filter(state__in=["queued", "rendering"]).exists():
            time.sleep(0.5)
        made += Preview.objects.filter(state="ready").count()
    return made


def _who_looks(everybody: list[Person]) -> Iterator[tuple[Person, str]]:
    for row in Agreement.objects.with_parties().with_text().order_by("pk"):
        path = f"/agreements/{row.number}/preview/"
        found = (person for person in everybody if Agreement.objects.visible_to(person.user).filter(pk=row.pk).exists())
        if previews.can_be_shown(row) and (person := next(found, None)):
            yield person, path


def export_and_import(everybody: list[Person]) -> tuple[int, int]:
    """Fetch the agreements as a workbook, and send the empty sheet of institutions in; return both statuses."""
    officer = next(person for person in everybody if person.user.memberships.filter(duty=Duty.REVIEWER).exists())
    exported = officer.get("/agreements/export/").status_code
    page = officer.get("/institutions/imports/new/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    template = re.search(r'href="(/institutions/imports/template/[^"]+)"', page.text)
    if token is None or template is None:
        return exported, page.status_code
    sheet = officer.get(template[1]).content
    authority = re.search(r'name="authority"[^>]*value="(\d+)"|<option value="(\d+)"', page.text)
    sent = officer.session.post(
        page.url,
        data={"csrfmiddlewaretoken": token[1], "authority": authority and (authority[1] or authority[2])},
        files={"sheet": ("机构.xlsx", sheet)},
        headers={"Referer": page.url},
        timeout=60,
    )
    return exported, sent.status_code


def main() -> int:
    everybody = people()
    connection.close()
    with ThreadPoolExecutor(4) as pool:
        shown = list(pool.map(lambda person: person.walk(PAGES), everybody))
    print(f"{sum(shown)} pages of {len(everybody)} people ({', '.join(map(str, shown))})")
    print(f"{look_at_previews(everybody)} previews")
    print("export and import answer {} and {}".format(*export_and_import(everybody)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
