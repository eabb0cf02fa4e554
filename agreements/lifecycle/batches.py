"""Many agreements signed with one PIN, one after the other, each in a transaction of its own.

The rows say what was chosen and what became of it; the key is with whoever calls `go_through`, a thread of one web
process, and nowhere else. When that ends, for whatever reason, what was signed stands and the rest waits for the PIN
(docs/decisions/0038-ceremony.md). Each step locks the batch: of two threads for one batch the older finds, by `run`,
that its time is over.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from contextlib import suppress

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from agreements import events
from agreements.lifecycle.electronic import Accepted, sign_electronically
from agreements.lifecycle.errors import EndsEarly, FarApart
from agreements.lifecycle.pens import Pen
from agreements.lifecycle.reading import how_read
from agreements.models import Agreement, SigningBatch, SigningItem
from agreements.models.agreement import AgreementQuerySet
from agreements.models.handwriting import Handwritten
from audit.log import append
from boundary.refused import NotNow, UploadRefused
from institutions.models import Institution, institutions_signed_for_by
from sealing.models import Seal, SigningIdentity
from sealing.pades.hands import CannotSign
from sealing.unlocking import refuse_unusable
from verbs.errors import NotAllowed, Unacceptable, WrongState

MOST = 500  # agreements in one batch
ONE_BY_ONE = "密钥在密码设备里的，请逐份打开签署，不能成批签。"
STOPPED = "您停下了这一批。"
NOT_READ = "没有看完全文，也没有看完范本和填写内容，没有签。"
ENDED = "您结束了这一批，没有签。"
BY_ITSELF = "这一份要单独打开签署，核对以后再决定。"
BROKE = "系统出错，没有签成，可以单独打开再签。"

logger = logging.getLogger(__name__)
State = SigningItem.State


def waiting_for(user: User, institution: Institution) -> AgreementQuerySet:
    """Return what waits for the person's electronic signature for one institution, the nearest deadline first."""
    there = user.at("institution", institution.pk)  # of one who signs for both sides, this side alone
    mine = Agreement.objects.visible_to(there).to_sign_by(there)
    return mine.with_parties().order_by("frozen__window__closes_on", "id")


def begin_batch(
    institution: Institution,
    texts: Collection[int],
    *,
    by: User,
    identity: SigningIdentity,
    seal: Seal | None,
    handwriting: str = "",
) -> SigningBatch:
    """Write down what is to be signed: the agreements whose frozen texts have these keys and wait for the person.

    One that the person has not read is left out, and it says so. Raises NotAllowed for another's key or institution,
    Unacceptable for none or more than `MOST`, and for handwriting that cannot be made again.
    """
    if handwriting and handwriting not in Handwritten.lasting():
        raise Unacceptable("批量签署不能现场手写，请选择姓名字样、图片，或者不放。", "handwriting")
    with transaction.atomic():
        if not institutions_signed_for_by(by).filter(pk=institution.pk).exists():
            raise NotAllowed("您现在不是这家机构的授权签约人。")
        if identity.person_id != by.pk or identity.institution_id != institution.pk:
            raise NotAllowed("请用您本人在这家机构的签约证书签署。")
        if identity.is_on_token:
            raise Unacceptable(ONE_BY_ONE)
        rows = list(waiting_for(by, institution).filter(frozen__in=texts)[: MOST + 1])
        if seal is not None and seal.institution_id != institution.pk:
            raise NotAllowed("请用这家机构的印章。")
        if not rows:
            raise Unacceptable("请先勾选要签署的协议。", "texts")
        if len(rows) > MOST:
            raise Unacceptable(f"一批最多 {MOST} 份，请少选一些。", "texts")
        batch = SigningBatch.objects.create(
            person=by, institution=institution, identity=identity, seal=seal, handwriting=handwriting
        )
        read = how_read(rows, by=by)
        SigningItem.objects.bulk_create(
            SigningItem(
                batch=batch,
                agreement=row,
                frozen=row.frozen,
                position=position,
                **({"how_read": read[row.pk]} if row.pk in read else _left_out(NOT_READ)),
            )
            for position, row in enumerate(rows, 1)
            if row.frozen is not None
        )
    return batch


def take_up(batch: SigningBatch, *, by: User) -> int:
    """Say that somebody begins, or goes on, to sign it, and return as the how-manieth: the key was opened just now.

    Raises WrongState while another thread is at it, and once it has ended.
    """
    with transaction.atomic():
        row = _locked(batch, by)
        if row.is_at_work:
            raise WrongState("这一批正在签署，请在这一页等结果。")
        row.run, row.beat_at, row.halt = row.run + 1, timezone.now(), ""
        row.save(update_fields=["run", "beat_at", "halt"])
        waiting = row.items.filter(state=State.WAITING).count()
        seal = str(row.seal) if row.seal else None
        event = events.BatchBegun(batch=row.pk, waiting=waiting, level=row.identity.get_level_display(), seal=seal)
        append(event, by=by, subject=row.institution)
    return row.run


def stop(batch: SigningBatch, *, by: User) -> None:
    """Let whoever signs it stop before the next agreement; the rest stays waiting. Safe to say twice."""
    with transaction.atomic():
        row = _locked(batch, by)
        row.run, row.beat_at, row.halt = row.run + 1, None, STOPPED
        row.save(update_fields=["run", "beat_at", "halt"])


def end(batch: SigningBatch, *, by: User) -> None:
    """End it: what is not signed is left out, and waits for the person's signature as before it was chosen.

    Raises WrongState while it is being signed.
    """
    with transaction.atomic():
        row = _locked(batch, by)
        if row.is_at_work:
            raise WrongState("这一批正在签署，请先停下，再结束。")
        row.items.filter(state=State.WAITING).update(**_left_out(ENDED))
        _end(row)


@sensitive_variables()
def go_through(batch_id: int, run: int, pen: Pen) -> None:
    """Sign what waits in a batch, until nothing does, somebody stops it or something forbids to go on.

    Why it stops is written down where it can be; a fault of the machine's leaves that to the silence that follows.
    """
    try:
        while sign_next(batch_id, run, pen):
            pass
    except (WrongState, NotAllowed) as refusal:
        _halt(batch_id, run, str(refusal))
    except Exception:
        logger.exception("signing batch %s stopped", batch_id)
        with suppress(DatabaseError):
            _halt(batch_id, run, "系统出错，已停下。")


@sensitive_variables()
def sign_next(batch_id: int, run: int, pen: Pen) -> bool:
    """Sign the next agreement of a batch, or write down why not; return whether to go on.

    Raises WrongState and NotAllowed where the person, their certificate or the time does not allow to go on at all.
    """
    with transaction.atomic():
        batch = SigningBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
        if batch.run != run or batch.ended_at is not None:
            return False
        item = batch.items.filter(state=State.WAITING).select_related("agreement", "frozen").first()
        if item is None:
            _end(batch)
            return False
        by = _signatory(batch)
        identity = SigningIdentity.objects.with_facts().get(pk=batch.identity_id)
        refuse_unusable(identity, by=by, confirmed_at=pen.confirmed_at)  # and so for as long as that proof holds
        item.state, item.words = _sign(item, by, pen)
        item.done_at = batch.beat_at = timezone.now()
        item.save(update_fields=["state", "words", "done_at"])
        batch.save(update_fields=["beat_at"])
    return True


@sensitive_variables()
def _sign(item: SigningItem, by: User, pen: Pen) -> tuple[SigningItem.State, str]:
    """Sign one, or return why not; a refusal or a fault leaves nothing of it and stops none of the others."""
    accepted = Accepted(item.frozen.digest)
    try:
        with transaction.atomic():
            row = sign_electronically(item.agreement, by=by, pen=pen, accepted=accepted)
    except EndsEarly as question:
        return State.LEFT_OUT, f"今天签署，原协议要提前 {question.days} 天结束。{BY_ITSELF}"
    except FarApart as question:
        return State.LEFT_OUT, f"双方签章的日期相差 {question.days} 天。{BY_ITSELF}"
    except (Unacceptable, WrongState, NotAllowed) as refusal:
        return State.LEFT_OUT, str(refusal)
    except (CannotSign, UploadRefused, NotNow) as refusal:
        return State.FAILED, str(refusal)
    except Exception:
        logger.exception("agreement %s of signing batch %s", item.agreement_id, item.batch_id)
        return State.FAILED, BROKE
    return State.SIGNED, "双方都已签署，协议已生效。" if row.both_signed else "已签署，等对方签署或者盖章。"


def _signatory(batch: SigningBatch) -> User:
    """Return who signs it as they are now, for the institution of the batch: accounts are suspended, duties end.

    Raises NotAllowed.
    """
    by = User.objects.get(pk=batch.person_id).at("institution", batch.institution_id)
    if not by.may_sign_in:
        raise NotAllowed("账号现在不能使用，已停下。")
    return by


def _locked(batch: SigningBatch, by: User) -> SigningBatch:
    row = SigningBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if row.person_id != by.pk:
        raise NotAllowed("只有选定这一批的签约人才能办理。")
    if row.ended_at is not None:
        raise WrongState("这一批已经结束。")
    return row


def _end(row: SigningBatch) -> None:
    row.ended_at, row.beat_at, row.halt = timezone.now(), None, ""
    row.save(update_fields=["ended_at", "beat_at", "halt"])


def _halt(batch_id: int, run: int, why: str) -> None:
    here = SigningBatch.objects.filter(pk=batch_id, run=run, ended_at__isnull=True)
    here.update(beat_at=None, halt=why)


def _left_out(words: str) -> dict[str, object]:
    return {"state": State.LEFT_OUT, "words": words, "done_at": timezone.now()}
