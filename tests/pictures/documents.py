"""The documents whose pictures are kept: every template, blank and filled, and the receipt."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache, partial

from agreements.text.filling import FilledText
from filing.letter import Letter, receipt_pdf
from tests.agreements.documents import papers
from tests.pictures.baselines import Pictures
from tests.pictures.drawing import drawn, drawn_label, pages_kept, stacked

RECEIPT = Letter(
    authority="越城区卫生健康局",
    number="越城卫健医养备〔2026〕0001号",
    addressees=(papers.NAMES["medical"], papers.NAMES["elder_care"]),
    copy="卫生健康部门存",
    facts=(
        ("协议名称", "养医联合体服务协议"),
        ("协议编号", "YY-330602-2026-0001"),
        ("养老服务机构", papers.NAMES["elder_care"]),
        ("医疗卫生机构", papers.NAMES["medical"]),
        ("生效日期", "2026年11月22日"),
        ("合作期限", "2026年11月22日至2028年11月21日"),
        ("文本摘要", "0123456789abcdef" * 4),
    ),
    handed_in="2026年11月23日",
    dated="2026年11月24日",
    decided_at=datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC),
)
LONG_NAMES = (
    "绍兴市越城区塔山街道幸福里社区养老服务中心（综合示范）有限责任公司分公司",
    "越城区第二人民医院塔山街道社区卫生服务中心（老年病医院）",
)
RECEIPTS = {
    "filing-receipt": RECEIPT,
    "filing-receipt-long": Letter(
        **{
            **vars(RECEIPT),
            "authority": "新疆维吾尔自治区伊犁哈萨克自治州察布查尔锡伯自治县卫生健康委员会",
            "addressees": LONG_NAMES,
        }
    ),
}


def documents() -> Iterator[tuple[str, Callable[[], Pictures]]]:
    """Yield every document that is to have pictures, with what draws them."""
    for slug in papers.bodies():
        for is_filled in (False, True):
            yield template_document(slug, is_filled=is_filled), partial(template_pictures, slug, is_filled=is_filled)
    for name in RECEIPTS:
        yield name, partial(receipt_pictures, name)


def template_document(slug: str, *, is_filled: bool) -> str:
    """Return how the document is called: hunan-2020-filled."""
    return f"{slug}-{'filled' if is_filled else 'blank'}"


def template_pictures(slug: str, *, is_filled: bool) -> Pictures:
    """Return the first copy's pages that are kept, and the labels of all copies below each other."""
    text = papers.template_paper(slug, is_filled=is_filled).text
    copies = [copy.content for copy in papers.made(slug, is_filled=is_filled).copies]
    pages = {name: drawn(copies[0], page) for name, page in pages_kept(copies[0], signatures_of(text)).items()}
    return {**pages, "labels": stacked([drawn_label(pdf) for pdf in copies])}


def receipt_pictures(name: str) -> Pictures:
    letter, pdf = RECEIPTS[name], _receipt(name)
    return {page: drawn(pdf, number) for page, number in pages_kept(pdf, letter.authority + letter.dated).items()}


def signatures_of(text: FilledText) -> str:
    """Return the words of the signature block, by which its page is found."""
    return "".join(line.text for area in text.signatures for line in area.lines)


@cache
def _receipt(name: str) -> bytes:
    return receipt_pdf(RECEIPTS[name])
