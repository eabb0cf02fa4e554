"""The log of a period as one zip that anybody can verify without us."""

import datetime as dt
import hashlib
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from audit import bundle, platform_key
from audit.anchoring import leaves_of
from audit.checking import PAGE, exported, one_moment
from audit.models import Anchor, AnchorLeaf, Entry
from audit.verifier.exports import ANCHORS, ENTRIES, PUBLIC_KEY, SEAL
from audit.verifier.rules import canonical

README = """颐养签约 日志导出

期间：{since} 至 {until}
{entries}    日志记录，每行一条，按链和序号排列
{anchors}     每小时的锚：有新记录的各链和各横链的末端、默克尔根、平台签名、可信时间戳
{key}  平台公钥，用于核对锚上的签名
{verifier}     核验程序，一个文件，解压可见源代码

核验：
  pip install cryptography
  python3 {verifier} 本文件.zip

“期间”以锚为准：期间首日零点以后、直到末日结束后第一个锚为止的各锚所包含的记录，
加上（期间到今日时）尚未锚定的记录。所以首尾可能各多出零点前后不足一小时的记录。
请另存一份平台公钥和锚，以后核验时用 --public-key 和 --kept 给出，才能排除整体伪造。
"""


def write_export(
    file: IO[bytes], *, since: dt.date, until: dt.date, seen: Callable[[int], None] = lambda entries: None
) -> int:
    """Write the zip to an empty seekable file and return how many entries it holds. Bounded memory."""
    count = 0
    with one_moment(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        period = _period(since, until)
        with archive.open(ENTRIES, "w", force_zip64=True) as out:
            for count, entry in enumerate(_entries(period).iterator(chunk_size=PAGE), start=1):
                out.write(canonical(entry.record()) + b"\n")
                if count % PAGE == 0:
                    seen(count)
        with archive.open(ANCHORS, "w", force_zip64=True) as out:
            out.writelines(_anchors(period.anchors()))
        archive.writestr(PUBLIC_KEY, platform_key.public_pem())
        archive.writestr(bundle.NAME, bundle.verifier())
        names = {"entries": ENTRIES, "anchors": ANCHORS, "key": PUBLIC_KEY, "verifier": bundle.NAME}
        archive.writestr("说明.txt", README.format(since=since, until=until, **names))
        archive.comment = b"0" * SEAL
    _seal(file)
    return count


def anchor_file(anchor: Anchor) -> bytes:
    """Return one anchor with all its leaves as a file to keep."""
    return b"".join(_anchors(Anchor.objects.filter(pk=anchor.pk))) + b"\n"


def _anchors(anchors: QuerySet[Anchor]) -> Iterator[bytes]:
    """Yield the canonical spelling of the list of anchors, piece by piece."""
    yield b"["
    for position, anchor in enumerate(anchors.select_related("stamp").order_by("number").iterator(chunk_size=50)):
        leaves = [list(leaf) for leaf in leaves_of(anchor)]
        yield (b"," if position else b"") + canonical(exported(anchor) | {"leaves": leaves})
    yield b"]"


class Period(NamedTuple):
    """The anchors of some days: those made in them, and the first after them, which holds their end."""

    since: dt.datetime
    closed_at: dt.datetime | None  # when that one was made; None while there is none

    def anchors(self) -> QuerySet[Anchor]:
        made = Anchor.objects.filter(made_at__gte=self.since)
        return made.filter(made_at__lte=self.closed_at) if self.closed_at else made


def _period(since: dt.date, until: dt.date) -> Period:
    first, end = (timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in (since, until + dt.timedelta(1)))
    closing = Anchor.objects.filter(made_at__gte=end).order_by("number").first()
    return Period(first, closing.made_at if closing else None)


def _entries(period: Period) -> QuerySet[Entry]:
    """Return what the anchors of a period hold, and what has no anchor yet if none has closed the period."""
    of_chain = AnchorLeaf.objects.filter(
        subject_type=OuterRef("subject_type"), subject_id=OuterRef("subject_id"), last__gte=OuterRef("sequence")
    )
    in_period = Exists(of_chain.filter(first__lte=OuterRef("sequence"), anchor__in=period.anchors()))
    wanted = Q(in_period) if period.closed_at else Q(in_period) | ~Q(Exists(of_chain))
    return Entry.objects.filter(wanted).order_by("subject_type", "subject_id", "sequence")


def _seal(file: IO[bytes]) -> None:
    """Put the SHA-256 of all other bytes into the zip's comment, which ends the file."""
    file.seek(0, 2)
    left, hashed = file.tell() - SEAL, hashlib.sha256()
    file.seek(0)
    while left > 0:
        block = file.read(min(left, 1 << 20))
        hashed.update(block)
        left -= len(block)
    file.seek(-SEAL, 2)
    file.write(hashed.hexdigest().encode())
