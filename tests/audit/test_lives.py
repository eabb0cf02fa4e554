"""What a whole life leaves in the log, entry by entry: which event, under whose name, with which facts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model

from accounts.models import User
from agreements import lifecycle as agreements
from agreements.documents import renditions
from agreements.models import Agreement
from audit.log import append, history
from audit.models import Entry
from duties import events as duty_events
from duties import granting, inviting, requesting, suspending
from duties.requesting import Applicant
from eligibility import answering, reviewing
from eligibility.checklist import Checklist
from eligibility.models import EligibilityCase
from eligibility.reviewing import Finding
from filing import lifecycle as filings
from filing.models import Filing
from imports import check_run, runs, write_run
from institutions.models import Authority, Duty, Institution, Role
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes
from surveys import rounds, saving
from tests import eligibility as made_up
from tests import factories
from tests.agreements.making import (
    CONTACT,
    certified,
    complete_draft,
    in_force,
    printed,
    rejected,
    save,
    scan_pdf,
    sent,
)
from tests.eligibility.conftest import ALL_MET, ANSWERS
from tests.imports.making import book, code, fresh, home, uploaded
from tests.surveys.answers import ELDER_CARE, MEDICAL
from tests.uploading import BY_EYE, attach, attach_scan, requested

Line = tuple[str, str, dict[str, Any]]
TODAY = factories.today()
WHOLE = "第 1 份正本第 1–3 页"
HANDED_TO = "韩昇祎"


@pytest.fixture
def eligibility_case(
    medical_institution: Institution, medical_clerk: User, health_authority: Authority
) -> EligibilityCase:
    """A draft with nothing in it, under a county's own checklist."""
    load_scheme_files(read_schemes(Path(made_up.__file__).parent / "made_up"))
    return answering.begin(medical_institution, by=medical_clerk)


def lines(subject: Model, *events: str) -> list[Line]:
    """Return what was logged about one subject, oldest first; of these kinds alone, if any are named."""
    found = history(subject).order_by("sequence")
    found = found.filter(event__in=events) if events else found
    return [(entry.event, entry.actor_name, dict(entry.data)) for entry in found]


def test_a_draft_that_is_given_up(
    draft: Agreement, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    row = agreements.start_draft(elder_care_institution, by=elder_care_clerk)
    agreements.discard(row, by=elder_care_clerk)
    assert lines(row) == [
        ("agreement.drafted", "陈喆", {"institution": "越城区福星养老院"}),
        ("agreement.discarded", "陈喆", {"revision": 0}),
    ]


def test_an_agreement_from_draft_to_its_early_end(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    before = len(lines(draft))
    row = agreements.return_to_drafter(sent(draft, by=elder_care_clerk), by=medical_clerk, reason="费用偏高")
    row = sent(
        save(row, by=elder_care_clerk, step="terms", answers={**row.answers, "annual_fee": "9000.00"}),
        by=elder_care_clerk,
    )
    row = printed(agreements.agree(row, by=medical_clerk, contact=CONTACT))
    revision, digest = row.revision, row.frozen_texts.get().digest
    for role, clerk in ((Role.ELDER_CARE, elder_care_clerk), (Role.MEDICAL, medical_clerk)):
        row = agreements.record_signing(row, by=clerk, role=role, on=TODAY)
    scans = [attach_scan(row, by=elder_care_clerk, content=scan_pdf(3), name="扫描件.pdf")]
    rejected(row, by=medical_clerk, reason="看不清")
    scans.append(attach_scan(row, by=medical_clerk, content=scan_pdf(4), name="重扫.pdf"))
    row = certified(row, by=elder_care_clerk)
    assert row.expires_on
    agreements.terminate(row, by=elder_care_clerk, on=row.expires_on, reason="机构迁址")
    assert [line for line in lines(draft)[before:] if not line[0].startswith("filing.")] == [
        ("agreement.sent", "陈喆", {"revision": draft.revision}),
        ("agreement.returned", "吴䶮", {"revision": draft.revision, "reason": "费用偏高"}),
        ("agreement.step_saved", "陈喆", {"revision": revision, "step": "terms"}),
        ("agreement.sent", "陈喆", {"revision": revision}),
        ("agreement.agreed", "吴䶮", {"revision": revision, "digest": digest}),
        ("copies.requested", "吴䶮", {"revision": revision, "is_final": True}),
        ("copies.rendered", "系统", {"revision": revision, "digest": digest, "copies": 4}),
        ("agreement.signed", "陈喆", {"revision": revision, "role": "elder_care", "on": str(TODAY)}),
        ("agreement.signed", "吴䶮", {"revision": revision, "role": "medical", "on": str(TODAY)}),
        ("scan.attached", "陈喆", {"sha256": scans[0].sha256, "pages": 3, "name": "扫描件.pdf"}),
        ("scan.placed", "陈喆", {"name": "扫描件.pdf 第 1–3 页", "pages": WHOLE, "reason": BY_EYE}),
        ("scan.rejected", "吴䶮", {"reason": "看不清", "name": "扫描件.pdf"}),
        ("scan.attached", "吴䶮", {"sha256": scans[1].sha256, "pages": 4, "name": "重扫.pdf"}),
        ("scan.placed", "吴䶮", {"name": "重扫.pdf 第 1–4 页", "pages": f"{WHOLE}、不是正本的页", "reason": BY_EYE}),
        *(
            ("scan.page_ticked", "陈喆", {"page": page, "by_hand": True, "by_eye": False})
            for page in (*(f"第 1 份正本第 {page} 页" for page in (1, 2, 3)), "重扫.pdf 第 4 页（不是正本的页）")
        ),
        ("agreement.in_force", "陈喆", {"revision": revision, "expires_on": str(row.expires_on)}),
        ("agreement.terminated", "陈喆", {"revision": revision, "on": str(row.expires_on), "reason": "机构迁址"}),
    ]


def test_an_agreement_that_is_withdrawn_and_one_that_runs_out(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert row.expires_on
    agreements.expire(row, on=row.expires_on + timedelta(days=1))
    assert [line for line in lines(draft) if not line[0].startswith("filing.")][-1] == (
        "agreement.expired",
        "系统",
        {"revision": row.revision, "expires_on": str(row.expires_on)},
    )


def test_a_text_that_is_withdrawn_names_its_reason_if_there_is_one(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    agreements.withdraw(sent(draft, by=elder_care_clerk), by=elder_care_clerk)
    assert lines(draft)[-1] == ("agreement.withdrawn", "陈喆", {"revision": draft.revision})


def test_copies_that_cannot_be_made(draft: Agreement, elder_care_clerk: User) -> None:
    order = renditions.request(draft, by=elder_care_clerk)
    Agreement.objects.filter(pk=draft.pk).update(revision=draft.revision + 1)
    renditions.render(order.pk)
    order.refresh_from_db()
    assert order.failure == "文本在生成前又有变动，请重新生成。"
    assert lines(draft)[-2:] == [
        ("copies.requested", "陈喆", {"revision": draft.revision, "is_final": False}),
        ("copies.failed", "系统", {"reason": order.failure}),
    ]


def test_what_follows_an_agreement(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    Institution.objects.filter(agreements_as_elder_care=draft).update(is_demo=True)
    own, partner = (
        Institution.objects.get(agreements_as_elder_care=draft),
        Institution.objects.get(agreements_as_medical=draft),
    )
    main = complete_draft(own, partner, draft.chosen_version, by=elder_care_clerk)
    main = in_force(main, drafter=elder_care_clerk, answerer=medical_clerk)
    supplement = agreements.start_supplement(main, by=medical_clerk)
    assert lines(supplement) == [
        ("agreement.drafted", "吴䶮", {"predecessor": main.number, "kind": "supplement"}),
    ]
    assert (supplement.created_by, supplement.is_demo, supplement.contacts) == (medical_clerk, True, main.contacts)
    text = {**supplement.answers, "supplement_terms": "每周巡诊两次。"}
    running = in_force(
        save(supplement, by=medical_clerk, step="terms", answers=text), drafter=medical_clerk, answerer=elder_care_clerk
    )
    assert main.expires_on
    agreements.terminate(main, by=elder_care_clerk, on=main.expires_on, reason="机构迁址")
    ended = {"revision": running.revision, "on": str(main.expires_on), "with_main": main.number, "reason": "机构迁址"}
    last = [line for line in lines(supplement) if not line[0].startswith("filing.")][-1]
    assert last == ("agreement.terminated", "陈喆", ended)


def test_a_filing_from_the_first_try_to_the_second(
    filing: Filing,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
    second_reviewer: User,
) -> None:
    row = filings.withdraw(filings.submit(filing, by=elder_care_clerk), by=medical_clerk)
    row = filings.take_up(filings.submit(row, by=elder_care_clerk), by=health_reviewer)
    row = filings.hand_over(row, by=health_reviewer, to=second_reviewer)
    row = filings.return_(row, by=second_reviewer, reasons=" 缺第二页。 ")
    again = filings.resubmit(row, by=medical_clerk, remark="已补正。")
    again = filings.accept(filings.take_up(again, by=health_reviewer), by=health_reviewer)
    which = {"filing": filing.pk, "authority": "越城区卫生健康局"}
    second = {**which, "filing": again.pk}
    found = [line for line in lines(filing.agreement) if line[2].get("filing") in {filing.pk, again.pk}]
    assert found == [
        ("filing.opened", "吴䶮", {**which, "due_on": str(filing.due_on)}),
        ("filing.submitted", "陈喆", which),
        ("filing.withdrawn", "吴䶮", which),
        ("filing.submitted", "陈喆", which),
        ("filing.taken_up", "孙昇", which),
        ("filing.handed_over", "孙昇", {**which, "to": HANDED_TO}),
        ("filing.returned", HANDED_TO, {**which, "reason": "缺第二页。"}),
        ("filing.resubmitted", "吴䶮", {**second, "round": 2}),
        ("filing.taken_up", "孙昇", second),
        ("filing.accepted", "孙昇", {**second, "number": again.number}),
    ]


def test_an_eligibility_case_from_the_first_answer_to_the_withdrawal(
    eligibility_case: EligibilityCase, medical_clerk: User, health_reviewer: User
) -> None:
    case = eligibility_case
    [licence] = [item for item in Checklist.from_json(case.checklist).items if item.id == "licence"]
    row = answering.answer(case, by=medical_clerk, revision=0, answers=ANSWERS)
    wrong = attach(row, licence, content=scan_pdf(2), name="错的.pdf", by=medical_clerk)
    answering.detach(wrong, by=medical_clerk)
    right = attach(row, licence, content=scan_pdf(1), name="许可证.pdf", by=medical_clerk)
    row = answering.submit(row, by=medical_clerk, revision=row.revision)
    some = {**ALL_MET, "promise": Finding(is_met=False, words="没有盖章")}
    row = reviewing.review(row, by=health_reviewer, revision=row.revision, findings=some)
    row = reviewing.review(row, by=health_reviewer, revision=row.revision, findings=ALL_MET)
    row = reviewing.confirm(row, by=health_reviewer, valid_from=TODAY, valid_to=TODAY)
    reviewing.withdraw(row, by=health_reviewer, reason="年度评价不合格。")
    which = {"case": case.pk, "round": 1}
    nothing: dict[str, Any] = {"yes": None, "number": None, "day": None, "words": "", "files": []}
    assert lines(case.institution) == [
        ("eligibility.answered", "吴䶮", {**which, "begun": True}),
        ("eligibility.answered", "吴䶮", {**which, "items": ["licence", "physicians", "promise"]}),
        ("eligibility.answered", "吴䶮", {**which, "item": "licence", "attached": "错的.pdf", "sha256": wrong.sha256}),
        ("eligibility.answered", "吴䶮", {**which, "item": "licence", "detached": "错的.pdf", "sha256": wrong.sha256}),
        (
            "eligibility.answered",
            "吴䶮",
            {**which, "item": "licence", "attached": "许可证.pdf", "sha256": right.sha256},
        ),
        (
            "eligibility.submitted",
            "吴䶮",
            {
                **which,
                "answers": {
                    "licence": {**nothing, "day": "2099-12-31", "words": "见附件", "files": [right.sha256]},
                    "physicians": {**nothing, "number": 5},
                    "promise": {**nothing, "yes": True},
                },
            },
        ),
        (
            "eligibility.reviewed",
            "孙昇",
            {**which, "findings": {"licence": True, "physicians": True, "promise": False}},
        ),
        (
            "eligibility.reviewed",
            "孙昇",
            {**which, "findings": {"licence": True, "physicians": True, "promise": True}},
        ),
        ("eligibility.confirmed", "孙昇", {**which, "valid_from": str(TODAY), "valid_to": str(TODAY)}),
        ("eligibility.withdrawn", "孙昇", {**which, "reason": "年度评价不合格。"}),
    ]


def test_an_import_and_what_it_writes(health_authority: Authority, health_reviewer: User) -> None:
    existing = factories.OpenElderCareFactory.create(name="旧名养老院", address="一路 1 号")
    content = book(home(1), home(2, uscc=existing.uscc, name="新名养老院", address="二路 2 号"), home(3))
    run = uploaded(content, health_authority, health_reviewer)
    check_run.check(run.pk)
    runs.decide(run, "skip", by=health_reviewer, row=run.rows.get(outcome="changed").pk)
    runs.recheck(run, by=health_reviewer)
    check_run.check(run.pk)
    run.rows.filter(outcome="changed").update(decision="")
    runs.decide(run, "update", by=health_reviewer, outcome="changed")
    assert runs.decide(run, "update", by=health_reviewer, outcome="doubtful") == 0
    runs.confirm(fresh(run), by=health_reviewer)
    write_run.write(run.pk)
    run = fresh(run)
    found = {"new": 2, "changed": 1, "doubtful": 0, "unchanged": 0, "wrong": 0, "warned": 1, "ignored": 0}
    written = {"added": 2, "updated": 1, "renamed": 1, "skipped": 0}
    assert lines(run) == [
        ("import.uploaded", "孙昇", {"name": "机构.xlsx", "size": len(content), "sha256": run.sha256}),
        ("import.checked", "孙昇", {"rows": 3, "tally": found}),
        ("import.decided", "孙昇", {"decision": "skip", "rows": 1, "row": 3}),
        ("import.check_ordered", "孙昇", {}),
        ("import.checked", "孙昇", {"rows": 3, "tally": found}),
        ("import.decided", "孙昇", {"decision": "update", "rows": 1, "outcome": "changed"}),
        ("import.confirmed", "孙昇", {}),
        ("import.done", "孙昇", {"tally": {**found, **written}}),
    ]
    first = Institution.objects.get(uscc=code(1))
    added = {"name": first.name, "role": "elder_care", "uscc": code(1), "region": "330602"}
    assert lines(first) == [("institution.added", "孙昇", {**added, "import": run.pk, "row": 2})]
    [(_, who, facts)] = lines(existing, "institution.changed")
    assert (who, facts["import"], facts["row"]) == ("孙昇", run.pk, 3)
    assert facts["changes"]["address"] == ["一路 1 号", "二路 2 号"]
    assert "name" not in facts["changes"], "a new name is another event"
    [(_, who, facts)] = lines(existing, "institution.renamed")
    assert (who, facts["former"], facts["to"]) == ("孙昇", "旧名养老院", "新名养老院")
    assert facts["reason"] == "导入“机构.xlsx”第 3 行"


def test_an_import_that_fails_and_is_given_up(health_authority: Authority, health_reviewer: User) -> None:
    run = uploaded(book(home(1)), health_authority, health_reviewer)
    check_run.check(run.pk)
    runs.confirm(fresh(run), by=health_reviewer)
    taken = factories.OpenElderCareFactory.create(uscc=code(1))
    write_run.write(run.pk)
    assert lines(run)[-1] == ("import.failed", "孙昇", {"reason": fresh(run).failure})
    assert lines(taken) == []
    runs.abandon(fresh(run), by=health_reviewer)
    assert lines(run)[-1] == ("import.abandoned", "孙昇", {})


def test_an_import_that_nobody_goes_on_with(health_authority: Authority, health_reviewer: User) -> None:
    run = uploaded(book(home(1)), health_authority, health_reviewer)
    check_run.check(run.pk)
    runs.give_up(fresh(run))
    assert lines(run)[-1] == ("import.abandoned", "系统", {})


def test_duties_and_invitations(
    institution_administrator: User,
    colleague: User,
    elder_care_institution: Institution,
    platform_administrator: User,
) -> None:
    by, here = institution_administrator, elder_care_institution
    invited = factories.UserFactory.create(full_name="郑赟")
    first, _ = inviting.invite("郑赟", Duty.CLERK, here, by=by)
    inviting.accept(first, by=invited)
    second, _ = inviting.invite("王昇", Duty.SIGNATORY, here, by=by)
    inviting.cancel(second, by=by)
    granting.grant(colleague, Duty.SIGNATORY, here, by=by)
    granting.end(colleague.memberships.get(duty=Duty.SIGNATORY), by=by, reason="调岗")
    suspending.suspend(colleague, by=platform_administrator, reason="停用")
    suspending.restore(colleague, by=platform_administrator, reason="返岗")
    clerk, signatory = ({"place": here.name, "duty": duty} for duty in ("clerk", "signatory"))
    assert lines(here) == [
        ("membership.invited", "韩昇", {**clerk, "full_name": "郑赟"}),
        ("membership.invited", "韩昇", {**signatory, "full_name": "王昇"}),
        ("membership.invitation_cancelled", "韩昇", {**signatory, "full_name": "王昇"}),
    ]
    assert lines(invited) == [
        ("membership.invitation_accepted", "郑赟", clerk),
        ("membership.granted", "郑赟", {**clerk, "invited_by": "韩昇"}),
    ]
    assert lines(colleague) == [
        ("membership.granted", "韩昇", signatory),
        ("membership.ended", "韩昇", {**signatory, "reason": "调岗"}),
        ("account.suspended", "朱赟", {"reason": "停用", "sessions_ended": 0}),
        ("account.restored", "朱赟", {"reason": "返岗"}),
    ]


def test_a_request_for_an_administrator(elder_care_institution: Institution, civil_affairs_officer: User) -> None:
    applicant = Applicant("王昇", "13800000001")
    refused = requested(elder_care_institution, applicant, scan_pdf(), "许可证.pdf")
    requesting.refuse(refused, by=civil_affairs_officer, reason="印章不清")
    asked = requested(elder_care_institution, applicant, scan_pdf(2), "许可证.pdf")
    requesting.confirm(asked, by=civil_affairs_officer)
    of_first, of_second = ({"number": each.number, "full_name": "王昇"} for each in (refused, asked))
    place = {"place": elder_care_institution.name, "duty": "administrator"}
    assert lines(elder_care_institution) == [
        ("administrator.requested", "系统", {**of_first, "sha256": refused.sha256}),
        ("administrator.refused", "钱堃", {**of_first, "reason": "印章不清"}),
        ("administrator.requested", "系统", {**of_second, "sha256": asked.sha256}),
        ("membership.invited", "钱堃", {**place, "full_name": "王昇"}),
        ("administrator.confirmed", "钱堃", of_second),
    ]


def test_a_name_that_the_database_cannot_keep_is_refused_by_its_place(elder_care_institution: Institution) -> None:
    event = duty_events.Granted(place="越城区福星养老院", duty=Duty.CLERK)
    with pytest.raises(ValueError, match=r"^by holds NUL"):
        append(event, by=User(pk=1, full_name="韩\0昇"), subject=elder_care_institution)
    append(event, by=User(pk=1, full_name="长" * 120), subject=elder_care_institution)
    assert Entry.objects.get().actor_name == "长" * 100


def test_a_round_of_surveys_and_its_answers(
    health_authority: Authority,
    health_reviewer: User,
    elder_care_clerk: User,
    medical_clerk: User,
    elder_care_institution: Institution,
    medical_institution: Institution,
) -> None:
    opened = rounds.ask(health_authority, by=health_reviewer, title="冬季摸底", due_on=TODAY)
    draft = saving.save_draft(elder_care_institution, by=elder_care_clerk, revision=0, values=ELDER_CARE)
    saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=draft.revision, values=ELDER_CARE)
    saving.hand_in(medical_institution, by=medical_clerk, revision=0, values=MEDICAL)
    rounds.close(opened, by=health_reviewer)
    which = {"round": opened.pk, "title": "冬季摸底"}
    assert lines(health_authority) == [
        ("survey.asked", "孙昇", {**which, "due_on": str(TODAY), "asked": 2}),
        ("survey.closed", "孙昇", {**which, "answered": 2, "asked": 2}),
    ]
    answers = {**ELDER_CARE, "surveyed_on": str(TODAY)}
    profile = {"beds": 120, "residents": 80, "residents_60": 78, "residents_65": 70, "residents_80": 31}
    assert lines(elder_care_institution) == [
        ("survey.draft_saved", "陈喆", {"revision": 1}),
        ("survey.saved", "陈喆", {"edition": 1, "answers": answers, "profile": profile}),
    ]
    answers = {**MEDICAL, "surveyed_on": str(TODAY)}
    assert lines(medical_institution) == [
        ("survey.saved", "吴䶮", {"edition": 1, "answers": answers, "profile": {}}),
    ]
