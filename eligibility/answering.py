"""The institution's verbs: begin a round, answer, attach evidence, submit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.log import append
from boundary.refused import UploadRefused
from eligibility import announcements, events
from eligibility.checklist import Checklist, checklist_for
from eligibility.lifecycle import ANSWER, LIFE, SUBMIT, begin_at, finish, which
from eligibility.models import EligibilityAnswer, EligibilityCase, EligibilityEvidence
from eligibility.permissions import can_begin
from institutions.models import Authority, Institution
from regions.checklist import ChecklistItem
from uploads.models import Upload
from uploads.receiving import account, receive
from verbs.errors import NotAllowed, WrongState

EVIDENCE = "evidence"  # the purpose of such an upload; its `part` is the item
MOST_FILES = 10  # for one item
ENOUGH = f"每一项最多 {MOST_FILES} 个文件，请先移除不用的，或者合成一个 PDF。"
ALREADY_BEGUN = "已经有一份正在填写或等待核对的资格填报，不必重新开始。"
State = EligibilityCase.State


@dataclass(frozen=True)
class Answer:
    """What is answered to one item: only the part that the item asks for is set, and words if need be."""

    yes: bool | None = None
    number: int | None = None
    day: date | None = None
    words: str = ""


@dataclass(frozen=True)
class Missing:
    item: ChecklistItem
    text: str


HEALTH = Authority.Kind.HEALTH


class Incomplete(Exception):
    """Items are not answered or not proved; nothing was submitted."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__("".join(each.text for each in missing))
        self.missing = missing


def begin(institution: Institution, *, by: User) -> EligibilityCase:
    """Begin the next round as a draft, with the answers and files of the one before, under today's checklist.

    Raises NotAllowed to all but the institution's clerks.
    """
    if not can_begin(by, institution):
        raise NotAllowed("只有本机构的经办人才能填报资格条件。")
    checklist = checklist_for(institution)
    if checklist is None:
        raise WrongState("本机构所在地区的规定没有要求核对资格。")
    with transaction.atomic():
        Institution.objects.select_for_update(no_key=True, of=("self",)).get(pk=institution.pk)
        authority = Authority.objects.held_for(institution.region, [HEALTH]).get(HEALTH)
        if authority is None:
            raise WrongState("本地还没有登记卫生健康部门，暂时不能填报。请联系平台管理员。")
        last = institution.eligibility_cases.order_by("-round").first()
        try:
            with transaction.atomic():
                case = EligibilityCase.objects.create(
                    institution=institution,
                    authority=authority,
                    round=last.round + 1 if last else 1,
                    previous=last,
                    checklist=checklist.as_json(),
                    created_by=by,
                )
        except IntegrityError:
            raise WrongState(ALREADY_BEGUN) from None
        _copy(last, case, checklist)
        append(events.Answered(**which(case), begun=True), by=by, subject=institution)
    return case


def _copy(last: EligibilityCase | None, case: EligibilityCase, checklist: Checklist) -> None:
    """Take over what still fits the checklist; the files stay where they are stored and are referred to twice."""
    known = {item.id for item in checklist.items}
    answers = {each.item: each for each in last.answers.all()} if last else {}
    for item in checklist.items:
        old = answers.get(item.id) or EligibilityAnswer()
        EligibilityAnswer.objects.create(
            case=case, item=item.id, yes=old.yes, number=old.number, day=old.day, words=old.words
        )
    for each in last.evidence.filter(item__in=known) if last else []:
        each.pk, each.case = None, case
        each.save(force_insert=True)


def answer(case: EligibilityCase, *, by: User, revision: int, answers: Mapping[str, Answer]) -> EligibilityCase:
    """Keep what is answered so far. Raises StaleCase when somebody saved in between."""
    with transaction.atomic():
        row = begin_at(case, ANSWER, by=by, revision=revision)
        _write(row, answers)
        return finish(row, ANSWER, events.Answered(**which(row), items=sorted(answers)), by=by)


def _write(row: EligibilityCase, answers: Mapping[str, Answer]) -> None:
    for kept in row.answers.filter(item__in=answers):
        given = answers[kept.item]
        kept.yes, kept.number, kept.day, kept.words = given.yes, given.number, given.day, given.words
        kept.save(update_fields=["yes", "number", "day", "words"])


def submit(case: EligibilityCase, *, by: User, revision: int) -> EligibilityCase:
    """Submit the answers to the health authority. Raises Incomplete with what is missing."""
    with transaction.atomic():
        row = begin_at(case, SUBMIT, by=by, revision=revision)
        if missing := missing_of(row):
            raise Incomplete(missing)
        writes = {"submitted_at": timezone.now(), "submitted_by": by}
        event = events.Submitted(**which(row), answers=_as_facts(row))
        row = finish(row, SUBMIT, event, by=by, writes=writes)
        announcements.submitted(row, by=by)
    return row


def missing_of(case: EligibilityCase) -> list[Missing]:
    """Return the items that are not answered, need a file and have none, or have one without a verdict."""
    answers = {each.item: each for each in case.answers.all()}
    proved = set(case.evidence.values_list("item", flat=True))
    waiting = set(Upload.objects.of(EVIDENCE, case.pk).waiting().values_list("part", flat=True))
    found = []
    for item in Checklist.from_json(case.checklist).items:
        given = answers[item.id]
        if getattr(given, item.answer) is None:
            found.append(Missing(item, f"“{item.label}”还没有填写。"))
        if item.id in waiting:
            found.append(
                Missing(item, f"“{item.label}”上传的文件还没有检查完，一般几秒钟就好，请等结果出来以后再提交。")
            )
        elif item.evidence and item.id not in proved:
            found.append(Missing(item, f"“{item.label}”还没有上传证明材料。"))
    return found


def _as_facts(row: EligibilityCase) -> dict[str, Any]:
    files: dict[str, list[str]] = {}
    for each in row.evidence.all():
        files.setdefault(each.item, []).append(each.sha256)
    return {
        each.item: {
            "yes": each.yes,
            "number": each.number,
            "day": each.day.isoformat() if each.day else None,
            "words": each.words,
            "files": files.get(each.item, []),
        }
        for each in row.answers.all()
    }


def send(case: EligibilityCase, item: ChecklistItem, *, file: File[Any], by: User) -> Upload:
    """Take in a file as evidence for an item; it is none before it was judged.

    Raises what `attach` would then raise, as far as that is known now, and UploadRefused at once for what need not be
    opened for it.
    """
    with transaction.atomic():
        row = LIFE.begin(case, ANSWER, by=by)
        waiting = Upload.objects.of(EVIDENCE, row.pk, item.id).waiting().count()
        if waiting + row.evidence.filter(item=item.id).count() >= MOST_FILES:
            raise UploadRefused(ENOUGH)
        return receive(EVIDENCE, row.pk, file, by=by, sender=account(by), part=item.id)


def attach(case: EligibilityCase, *, upload: Upload, by: User) -> EligibilityEvidence:
    """Take over a judged file as evidence for its item (`upload.part`). The same file twice is one.

    Raises UploadRefused beyond as many as an item may have.
    """
    with transaction.atomic():
        row = LIFE.begin(case, ANSWER, by=by)
        files = row.evidence.filter(item=upload.part)
        same = files.filter(sha256=upload.sha256).first()
        if same is not None:
            return same
        if files.count() >= MOST_FILES:
            raise UploadRefused(ENOUGH)
        kept = EligibilityEvidence.objects.create(
            case=row,
            item=upload.part,
            upload=upload,
            file=upload.file.name,
            original_name=upload.name,
            content_type=upload.content_type,
            sha256=upload.sha256,
            page_count=upload.page_count,
            uploaded_by=by,
        )
        _log(row, kept, by=by, attached=kept.original_name)
    return kept


def detach(evidence: EligibilityEvidence, *, by: User) -> None:
    """Take a file out of a draft. The stored file itself stays: an earlier round may refer to it."""
    with transaction.atomic():
        row = LIFE.begin(evidence.case, ANSWER, by=by)
        gone, _ = row.evidence.filter(pk=evidence.pk).delete()
        if gone != 1:
            raise WrongState("这个文件已经移除。")
        _log(row, evidence, by=by, detached=evidence.original_name)


def _log(
    row: EligibilityCase,
    evidence: EligibilityEvidence,
    *,
    by: User,
    attached: str | None = None,
    detached: str | None = None,
) -> None:
    event = events.Answered(
        **which(row), item=evidence.item, attached=attached, detached=detached, sha256=evidence.sha256
    )
    append(event, by=by, subject=row.institution)
