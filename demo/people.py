"""The people of the demo: who can sign in, in every role. Makes what is missing and changes only the password."""

from collections import Counter

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts import second_factor
from accounts.models import User
from demo.loading import DemoDataError, Row, rows_of
from demo.scans import marked
from duties import requesting
from duties.requesting import Applicant
from institutions.models import Authority, Duty, Institution, Membership
from uploads.at_once import as_file, judged
from uploads.models import Upload
from uploads.receiving import address

BUREAU = ":"  # in the place of a line: region and kind of a bureau
MAILBOX = "demo.invalid"  # a domain that never exists: letters of a demo reach nobody
ASKED_FOR = "yc-c"
APPLICANT = Applicant("樊若梅", "13000000000", f"fan-ruomei@{MAILBOX}")


def load_officials() -> int:
    """Make the missing accounts of bureaus and platform, as `load_people` does: they register the institutions."""
    return _load([row for row in rows_of("people") if not row["place"] or BUREAU in row["place"]], {})


def load_people(institutions: dict[str, Institution]) -> int:
    """Make the missing accounts and memberships, all with the demo password; return how many are new."""
    made = _load(rows_of("people"), institutions)
    # Accounts of a demo that was loaded before accounts had the mark.
    User.objects.filter(username__in=[row["username"] for row in rows_of("people")], is_demo=False).update(is_demo=True)
    _renew_password()
    second_factor.provide(User.objects.filter(is_demo=True))
    return made


def _load(rows: list[Row], institutions: dict[str, Institution]) -> int:
    password = make_password(settings.DEMO_PASSWORD)
    bureaus = {f"{each.region.code}{BUREAU}{each.kind}": each for each in Authority.objects.select_related("region")}
    made = 0
    lines = Counter(row["username"] for row in rows)
    several = {username for username, n in lines.items() if n > 1}  # one line for each of a person's places
    for row in rows:
        person = User.objects.filter(username=row["username"]).first()
        if person is None:
            _hold(_make(row, password), row, institutions, bureaus)
            made += 1
        elif not (person.is_demo or person.memberships.filter(institution__is_demo=True).exists()):
            raise DemoDataError(f"用户名 {row['username']} 已被真实用户使用，不能载入演示数据。")
        elif person.username in several:
            _hold(person, row, institutions, bureaus)
    return made


def demo_people() -> list[User]:
    """Return the accounts of the demo, in the order of the data file."""
    order = {row["username"]: place for place, row in enumerate(rows_of("people"))}
    people = User.objects.filter(username__in=order, is_demo=True)
    return sorted(people, key=lambda person: order[person.username])


def clerk_of(institution: Institution) -> User:
    """Return the clerk who acts in the demo; an institution without a demo account gets one who cannot sign in."""
    clerks = Membership.objects.filter(institution=institution, duty=Duty.CLERK)
    known = clerks.select_related("user").order_by("pk").first()
    if known is not None:
        return known.user
    person = User.objects.create_user(
        f"demo-{institution.pk}", full_name=institution.legal_representative, is_active=False, is_demo=True
    )
    Membership.objects.create(user=person, institution=institution, state=Membership.State.EFFECTIVE)
    return person


def staff_of(institution: Institution, duty: Duty, full_name: str) -> User:
    """Return who holds the duty there; an institution of which nobody does gets somebody who cannot sign in.

    They act all the same: only what active people hold counts where one signs.
    """
    held = Membership.objects.effective().filter(institution=institution, duty=duty, user__is_active=True)
    known = held.select_related("user").order_by("pk").first()
    if known is not None:
        return known.user
    username = f"demo-{institution.pk}-{duty}"
    without = {"full_name": full_name, "password": make_password(None), "is_demo": True}
    person, _ = User.objects.get_or_create(username=username, defaults=without)
    Membership.objects.get_or_create(
        user=person, institution=institution, duty=duty, defaults={"state": Membership.State.EFFECTIVE}
    )
    second_factor.provide(User.objects.filter(pk=person.pk))
    return person


def _make(row: Row, password: str) -> User:
    username = row["username"]
    return User.objects.create(
        username=username, full_name=row["name"], password=password, email=f"{username}@{MAILBOX}", is_demo=True
    )


def _hold(person: User, row: Row, institutions: dict[str, Institution], bureaus: dict[str, Authority]) -> None:
    place = row["place"]
    if place and place not in institutions and place not in bureaus:
        raise DemoDataError(f"账号 {person.username} 的单位 {place} 不在演示数据中。")
    Membership.objects.get_or_create(
        user=person,
        duty=row["duty"],
        institution=institutions.get(place),
        authority=bureaus.get(place),
        defaults={"state": Membership.State.EFFECTIVE},
    )


def _renew_password() -> None:
    """Set the password again where the setting was changed since. All have the same, so one check is enough."""
    people = demo_people()
    if people and not people[0].check_password(settings.DEMO_PASSWORD):
        password = make_password(settings.DEMO_PASSWORD)
        User.objects.filter(pk__in=[person.pk for person in people]).update(password=password)


def load_request(institutions: dict[str, Institution]) -> None:
    """Let somebody ask to look after an institution that has no administrator, once; the bureau finds it at home."""
    institution = institutions[ASKED_FOR]
    if not institution.administrator_requests.exists():
        file = as_file(marked(institution.uscc), "登记证书（演示）.pdf")
        number = requesting.send(institution, APPLICANT, file, sender=address(""))
        judged(Upload.objects.of(requesting.LICENCE, institution.pk, number).get())
