"""What stands behind the addresses of the matrix: one agreement or filing in each state, all between the same pair.

Everything is made by the verbs. Each thing has a name, by which the rows of `matrix.txt` ask for it, and gives the
words that addresses are built from.
"""

from contextlib import suppress
from functools import partial

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle as agreements
from agreements.documents import previews, renditions
from agreements.documents.returned import picture_of
from agreements.lifecycle.pages import copies_made
from agreements.models import Agreement, TemplateVersion
from audit import anchoring, works
from boundary.refused import UploadRefused
from duties import granting, introducing, inviting
from duties.models import AdministratorRequest
from duties.requesting import Applicant
from exports import making, ordering
from exports.sockets import LISTS
from filing import batches, handing_in, opening, receipts, rescans
from filing import lifecycle as filings
from filing.models import Batch, BatchRow, Filing
from institutions import lifecycle as institutions
from institutions.models import Authority, Duty, Institution
from notifications.letters import LETTERS
from notifications.models import Notice
from sealing import enrolling, seals
from tests import factories
from tests.access.surveyed import surveyed
from tests.agreements.batches import begun
from tests.agreements.electronic import on_screen_for
from tests.agreements.making import agreed, complete_draft, in_force, printed, scan_pdf, seen_of, sent, signed, ticked
from tests.imports.making import book, checked, home
from tests.sealing.making import PIN, in_use, registered, requested_by_mandate, set_up, signatory_of
from tests.uploading import attach_scan, place, requested
from uploads.at_once import as_file, judged
from uploads.models import Upload

World = dict[str, dict[str, str | int]]


@pytest.fixture
def world(
    elder_care_institution: Institution,
    medical_institution: Institution,
    published: dict[str, TemplateVersion],
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
    civil_affairs_officer: User,
    health_authority: Authority,
    people_pages: World,
    signing_pages: World,
    signatory: User,
    approver: User,
) -> World:
    def draft(slug: str = "shaoxing-2024-consortium") -> Agreement:
        return complete_draft(elder_care_institution, medical_institution, published[slug], by=elder_care_clerk)

    enter_force, sign = (partial(verb, drafter=elder_care_clerk, answerer=medical_clerk) for verb in (in_force, signed))
    approval = _asked_to_approve(draft(), elder_care_clerk)
    # Agreed on before the first enters force: afterwards the same days are refused when a text is sent.
    on_the_way = {
        "draft": _agreement(draft()),
        "sent": _agreement(sent(draft(), by=elder_care_clerk)),
        "agreed": _previewed(agreed(draft(), drafter=elder_care_clerk, answerer=medical_clerk), elder_care_clerk),
        "on-screen": _on_screen(draft(), elder_care_clerk, medical_clerk),
        "signed": _scanned(sign(draft())),
    }
    on_the_way["signing-batch"] = _signing_batch(str(on_the_way["on-screen"]["number"]), signatory)
    first, second = enter_force(draft()), enter_force(draft("shaoxing-2024-home-sickbed"))
    of_first = {each.authority.kind: each for each in opening.open_filings(first, by=elder_care_clerk)}
    of_second = {each.authority.kind: each for each in opening.open_filings(second, by=elder_care_clerk)}
    health, civil_affairs = Authority.Kind.HEALTH, Authority.Kind.CIVIL_AFFAIRS
    made = on_the_way | {
        "in-force": _previewed(first, elder_care_clerk) | _scanned(first),
        "due": _filing(of_first[civil_affairs]),
        "submitted": _filing(filings.submit(of_first[health], by=elder_care_clerk)),
        "under-review": _filing(_taken_up(of_second[civil_affairs], elder_care_clerk, civil_affairs_officer)),
        "batch": _batch(of_first[health], health_reviewer),
        "accepted": _filing(_accepted(of_second[health], elder_care_clerk, health_reviewer)),
    }
    made["handed-in"] = _handed_in(of_second[health], elder_care_clerk, medical_clerk)
    made |= surveyed(medical_institution, medical_clerk, health_authority, health_reviewer)
    elder_care_institution.needs_approval = True  # from here on: what is sent above was sent without
    elder_care_institution.save(update_fields=["needs_approval"])
    imported = _import(of_first[health].authority, health_reviewer)
    return (
        made
        | _places(elder_care_institution, elder_care_clerk)
        | {
            "approval": approval,
            "log": _log(elder_care_clerk),
            "import": imported,
            "job": _given_up(),
            "export": _exported(elder_care_clerk),
        }
        | {f"of-{each.slug}": {"slug": each.slug} for each in LISTS}
        | {"refused": {"pk": _refused(elder_care_institution, elder_care_clerk).pk}}
        | {"licence": {"pk": AdministratorRequest.objects.get().upload_id, "page": 1}}
        | people_pages
        | signing_pages
    )


@pytest.fixture
def people_pages(
    elder_care_institution: Institution,
    colleague: User,
    institution_administrator: User,
    health_authority: Authority,
) -> World:
    """What people pages are about: a colleague with a duty, an invitation, somebody unseen, an application."""
    looking_after = institution_administrator
    invited, secret = inviting.invite("郑赟", Duty.SIGNATORY, elder_care_institution, by=looking_after)
    unseen = factories.UserFactory.create(full_name="许昇")
    held = granting.grant(unseen, Duty.CLERK, elder_care_institution, by=looking_after)
    asked = requested(elder_care_institution, Applicant("王昇", "13800000001"), scan_pdf(), "许可证.pdf")
    return {
        "colleague": {"pk": colleague.pk},
        "duty": {"pk": colleague.memberships.get().pk},
        "invitation": {"pk": invited.pk, "secret": secret},
        "holder": {"pk": held.pk},
        "request": {"pk": asked.pk, "number": asked.number, "page": 1},
        "authority": {"pk": health_authority.pk},
        "letter": {"code": _code_of_a_letter(looking_after)},
    }


def _on_screen(draft: Agreement, drafter: User, answerer: User) -> dict[str, str | int]:
    """A text that both sides sign on screen, with pictures of its pages."""
    set_up()
    row = printed(on_screen_for(draft, drafter=drafter, answerer=answerer))
    default_storage.save(picture_of(copies_made(row)[0], 1), ContentFile(b"a picture"))
    return {"number": row.number, "copy": 1, "page": 1}


def _signing_batch(number: str, signatory: User) -> dict[str, str | int]:
    """One that waits for the PIN."""
    row = Agreement.objects.with_parties().get(number=number)
    batch = begun([row], signatory, row.drafted_by, read=True)
    return {"batch": batch.pk, "version": row.chosen_version.pk}


@pytest.fixture
def signing_pages(
    elder_care_institution: Institution, signatory: User, elder_care_clerk: User, institution_administrator: User
) -> World:
    """A signatory with a certificate, who has asked for the next one and been confirmed; another who has just asked;
    and a seal in each state of its life, with somebody who may use one of them."""
    house, looks_after = elder_care_institution, institution_administrator
    factories.with_device(signatory)
    set_up()
    asked_for = requested_by_mandate(signatory, house)  # whatever the institution's representative is called
    held = enrolling.activate(enrolling.confirm(asked_for, by=looks_after), PIN, by=signatory)
    next_one = enrolling.confirm(enrolling.ask_again(held, by=signatory, is_forgotten=False), by=looks_after)
    asked = requested_by_mandate(signatory_of(house, "许昇"), house)
    second = factories.MembershipFactory.create(institution=house, duty=Duty.ADMINISTRATOR).user
    new = registered(house, elder_care_clerk, second, number="1")
    used = in_use(house, elder_care_clerk, looks_after, second, number="2")
    stopped = in_use(house, elder_care_clerk, looks_after, second, number="3")
    today = timezone.localdate()
    given = seals.authorise(used, signatory, seals.Scope(today, factories.FAR_AHEAD), by=looks_after)
    second.memberships.all().delete()  # has left since: the bureau confirms where the house has nobody else
    return {
        "identity-requested": {"pk": asked.pk},
        "identity-confirmed": {"pk": next_one.pk},
        "identity-active": {"pk": held.pk},
        "seal-registered": {"pk": new.pk},
        "seal-in-use": {"pk": used.pk},
        "seal-suspended": {"pk": seals.suspend(stopped, by=looks_after, reason="印章遗失").pk},
        "seal-authorisation": {"pk": given.pk},
    }


def _code_of_a_letter(by: User) -> str:
    """For an institution that has nobody here."""
    nobodys = factories.CodelessElderCareFactory.create(region=factories.region("330604"))
    letter = introducing.introduce(nobodys, sender="越城区福星养老院", about="YY2026-000099", by=by)
    assert letter is not None
    return letter.code


def _places(institution: Institution, clerk: User) -> World:
    closed = factories.ClosedElderCareFactory.create(region=institution.region)
    period = institutions.Period("备00099", factories.LONG_AGO, factories.FAR_AHEAD)
    judged(institutions.send_period(institution, period, by=clerk, file=as_file(scan_pdf(1), "备案.pdf")))
    return {
        "-": {},
        "printed": {"number": "YY2026-000001", "copy": 1, "page": 1, "pages": 3, "digest": "0" * 16},
        "county": {"code": institution.region.code, "pk": institution.pk},
        "elsewhere": {"code": factories.region("430103").code, "pk": institution.pk},
        "institution": {"pk": institution.pk},
        "closed": {"pk": closed.pk},
        "period": {"pk": institution.pk, "period": institution.validity_periods.latest("pk").pk},
        "template": {"slug": "shaoxing-2024-consortium"},
        "notice": {"notice_id": Notice.objects.filter(recipient=clerk).earliest("pk").pk},
    }


def _refused(institution: Institution, by: User) -> Upload:
    """A file that its sender has not taken note of."""
    period = institutions.Period("备00100", factories.LONG_AGO, factories.FAR_AHEAD)
    with suppress(UploadRefused):
        judged(institutions.send_period(institution, period, by=by, file=as_file(b"MZ", "坏.pdf")))
    return Upload.objects.get(state=Upload.State.REFUSED)


def _import(authority: Authority, by: User) -> dict[str, str | int]:
    """A checked sheet with a wrong row, so that there is a marked one too."""
    run = checked(book(home(1), home(2, beds="many")), authority, by)
    return {"pk": run.pk, "authority": authority.pk}


def _agreement(agreement: Agreement) -> dict[str, str | int]:
    return {"number": agreement.number, "slug": "terms", "role": "elder_care", "round_number": 1}


def _asked_to_approve(draft: Agreement, clerk: User) -> dict[str, str | int]:
    """A draft that waits for its leader, of an institution that wants an approval at this moment."""
    own = draft.drafted_by
    own.needs_approval = True
    own.save(update_fields=["needs_approval"])
    approval = agreements.ask_for_approval(draft, by=clerk)
    own.needs_approval = False
    own.save(update_fields=["needs_approval"])
    return {**_agreement(draft), "pk": approval.pk}


def _scanned(agreement: Agreement) -> dict[str, str | int]:
    scan = agreement.scans.latest("pk")
    page = {"sheet": scan.sheets.earliest("pk").pk, "copy": 1}
    [copy, *_] = copies_made(agreement)
    default_storage.save(picture_of(copy, 1), ContentFile(b"drawn by a job"))
    return {**_agreement(agreement), "scan": scan.pk, "pk": scan.upload_id, "page": 1, **page}


def _rendered(agreement: Agreement) -> dict[str, str | int]:
    rendition = agreement.renditions.get()
    renditions.render(rendition.pk)
    return {**_agreement(agreement), "rendition": rendition.pk, "copy": 1}


def _previewed(agreement: Agreement, by: User) -> dict[str, str | int]:
    previews.make(previews.request(agreement, by=by).pk)
    return _rendered(agreement)


def _filing(filing: Filing) -> dict[str, str | int]:
    return {"filing": filing.pk, "scan": filing.agreement.scans.latest("pk").pk}


def _taken_up(filing: Filing, clerk: User, reviewer: User) -> Filing:
    return filings.take_up(filings.submit(filing, by=clerk), by=reviewer)


def _batch(filing: Filing, reviewer: User) -> dict[str, str | int]:
    """A batch that is over; the filing is left as it was."""
    batch = batches.order(batches.ACTS["accept"], [filing], by=reviewer)
    batch.rows.update(outcome=BatchRow.Outcome.REFUSED, text="没有受理，请打开逐件审核。")
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.DONE, finished_at=timezone.now())
    return {"batch": batch.pk}


def _accepted(filing: Filing, clerk: User, reviewer: User) -> Filing:
    accepted = filings.accept(_taken_up(filing, clerk, reviewer), by=reviewer)
    receipts.make(accepted.pk)
    return accepted


def _handed_in(filing: Filing, clerk: User, partner: User) -> dict[str, str | int]:
    """Of what is accepted a corrected scan has come in; what is under review with the other bureau is owed one too."""
    rescans.ask(filing, by=clerk, reason="第一页缺角")
    scan = attach_scan(filing.agreement, by=clerk, content=scan_pdf(1), name="第一页.pdf")
    place(filing.agreement, by=clerk, pages={scan.pk: [1]})
    agreements.certify_rescan(ticked(filing.agreement, by=partner), by=partner, seen=seen_of(filing.agreement))
    row = handing_in.hand_in(filing.hand_ins.get(), by=clerk, remark="已换第一页")
    return {"filing": filing.pk, "hand_in": row.pk}


def _log(asker: User) -> dict[str, str | int]:
    """Today's log, anchored, and an export of it."""
    anchor = anchoring.anchor_due()
    assert anchor is not None
    today = timezone.localdate(anchor.made_at)
    export = works.ask_export(by=asker, since=today, until=today)
    works.carry_out(export.pk)
    return {"pk": export.pk, "number": anchor.number}


def _exported(user: User) -> dict[str, str | int]:
    """The clerk's own list of agreements, made."""
    [held] = user.memberships.all()
    export = ordering.order("agreements", QueryDict(), by=user.at(*held.place_key))
    making.make(export.pk)
    return {"pk": export.pk}


def _given_up() -> dict[str, str | int]:
    """A letter at which the workers died."""
    letter = Notice.objects.latest("pk")
    Notice.objects.filter(pk=letter.pk).update(state=Notice.State.FAILED, failure=LETTERS.died)
    return {"kind": LETTERS.name, "pk": letter.pk}
