"""What the two sides said to each other while they negotiated is read by the two of them and by nobody else."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from agreements.text.passages import clauses, passages_of
from tests.agreements.making import certified, in_force, rejected, scan_pdf, sent, signed
from tests.exporting import workbook
from tests.uploading import attach_plain_scan

REASON, REMARK = "总价太高了，请再商量", "这一条我们做不到"


@pytest.fixture
def negotiated(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """In force after it was given back once, with a reason and a remark, and sent anew."""
    row = sent(draft, by=elder_care_clerk)
    clause = clauses(passages_of(row.chosen_version.parsed))[-1]
    lifecycle.return_to_drafter(row, by=medical_clerk, reason=REASON, comments={clause.block.id: REMARK})
    row = Agreement.objects.with_parties().get(pk=row.pk)
    return in_force(row, drafter=elder_care_clerk, answerer=medical_clerk)


def words_at(client: Client, address: str) -> str:
    """Return all that an address answers in words; a workbook's cells too."""
    response = client.get(address, follow=True)
    body = response.getvalue()
    if response.get("Content-Type", "").endswith("sheet"):
        book = load_workbook(BytesIO(body))
        return " ".join(str(cell) for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line)
    return str(body.decode(errors="replace"))


@pytest.mark.parametrize(
    "person",
    ["health_reviewer", "civil_affairs_officer", "supervisor", "stranger", "platform_administrator"],
)
def test_no_address_gives_a_word_of_the_rounds_to_anybody_else(
    client: Client, negotiated: Agreement, request: pytest.FixtureRequest, person: str
) -> None:
    client.force_login(request.getfixturevalue(person))
    filing = negotiated.filings.first()
    assert filing is not None
    addresses = [
        *("/", reverse("agreement-list"), reverse("filing-list"), reverse("inbox")),
        reverse("agreement-detail", args=[negotiated.number]),
        reverse("agreement-round", args=[negotiated.number, 1]),
        reverse("filing-detail", args=[filing.pk]),
    ]
    for address in addresses:
        words = words_at(client, address)
        assert REASON not in words, address
        assert REMARK not in words, address
    for slug in ("agreements", "filings"):
        cells = str([list(sheet.values) for sheet in workbook(client, slug)])
        assert REASON not in cells
        assert REMARK not in cells
    assert client.get(reverse("agreement-round", args=[negotiated.number, 1])).status_code in {403, 404}


@pytest.mark.parametrize("person", ["elder_care_clerk", "medical_clerk"])
def test_each_of_the_two_reads_them_on_the_page_of_the_round(
    client: Client, negotiated: Agreement, request: pytest.FixtureRequest, person: str
) -> None:
    client.force_login(request.getfixturevalue(person))
    words = words_at(client, reverse("agreement-round", args=[negotiated.number, 1]))
    assert REASON in words
    assert REMARK in words


AMISS, DISSOLVE = "盖的是财务章，请换公章", "我方床位没有装修好"


@pytest.mark.parametrize(
    ("person", "reads"),
    [
        *(("elder_care_clerk", True), ("medical_clerk", True)),
        *(("health_reviewer", False), ("civil_affairs_officer", False), ("supervisor", False)),
    ],
)
def test_what_was_said_until_it_was_in_force_is_read_by_the_two_alone(
    client: Client,
    draft: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    request: pytest.FixtureRequest,
    person: str,
    reads: bool,
) -> None:
    """A dissolving that was asked for and dropped, a scan that was turned down: officials see what was certified."""
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    rejected(row, by=medical_clerk, reason=AMISS)
    lifecycle.ask_to_rescind(row, by=elder_care_clerk, reason=DISSOLVE)
    lifecycle.drop_rescission(row, by=medical_clerk)
    attach_plain_scan(row, by=elder_care_clerk, content=scan_pdf(4), name="重扫.pdf")
    certified(row, by=medical_clerk)
    client.force_login(request.getfixturevalue(person))
    page = words_at(client, reverse("agreement-detail", args=[row.number]))
    assert "提出合意解除" in page, "that it happened stands in everybody's history"
    assert [words in page for words in (AMISS, DISSOLVE, "扫描件.pdf")] == [reads] * 3
