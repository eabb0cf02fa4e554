"""The filing of what both sides signed on screen: there is no paper, so none is asked for, objected to or scanned."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.documents.issued import newest
from agreements.models import Agreement
from filing import lifecycle, rescans
from filing.checks import Verdict, checks
from filing.comparison import compared
from filing.models import Filing, RescanCall
from filing.papers import own_copy
from institutions.models import Authority, Institution
from tests import factories
from tests.agreements.electronic import signed_on_screen
from tests.reading import words
from verbs.errors import WrongState

Filed = Callable[[], Filing]


@pytest.fixture
def filed(
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    medical_institution: Institution,
) -> Filed:
    """Sign it in the test, for a key is opened outside of every transaction; returns what is due with the bureau."""

    def sign() -> Filing:
        row = signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
        row = signed_on_screen(row, medical_signatory, medical_institution)
        return Filing.objects.with_parties().get(agreement=row, authority__kind=Authority.Kind.HEALTH)

    return sign


def _page(client: Client, person: User, name: str, *args: object) -> str:
    client.force_login(person)
    return client.get(reverse(name, args=args)).content.decode()


def test_nobody_asks_for_another_scan_of_it(
    client: Client, filed: Filed, elder_care_clerk: User, health_reviewer: User
) -> None:
    row = lifecycle.take_up(lifecycle.submit(filed(), by=elder_care_clerk), by=health_reviewer)
    row = lifecycle.accept(row, by=health_reviewer)
    for person in (elder_care_clerk, health_reviewer):
        with pytest.raises(WrongState, match="没有纸面签章"):
            rescans.ask(row, by=person, reason="第二页缺角")
        assert reverse("filing-rescan", args=[row.pk]) not in _page(client, person, "filing-detail", row.pk)
        refused = client.post(reverse("filing-rescan", args=[row.pk]), {"reason": "第二页缺角"})
        assert refused.status_code == 409
        assert "没有纸面签章" in refused.content.decode()
    assert not RescanCall.objects.exists()


def test_nor_where_it_is_filed_nowhere(
    client: Client, on_screen: Agreement, filed: Filed, elder_care_clerk: User
) -> None:
    Authority.objects.update(region=factories.region("430102"))
    with pytest.raises(Filing.DoesNotExist):
        filed()
    signed = Agreement.objects.with_parties().get(pk=on_screen.pk)
    assert signed.state == Agreement.State.IN_FORCE
    with pytest.raises(WrongState, match="没有纸面签章"):
        rescans.ask_unfiled(signed, by=elder_care_clerk, reason="第二页缺角")
    ask = reverse("agreement-rescan", args=[signed.number])
    assert ask not in _page(client, elder_care_clerk, "agreement-detail", signed.number)
    assert client.get(ask).status_code == 409


def test_a_return_wants_no_scan_of_it(
    client: Client, filed: Filed, elder_care_clerk: User, health_reviewer: User
) -> None:
    row = lifecycle.take_up(lifecycle.submit(filed(), by=elder_care_clerk), by=health_reviewer)
    row = lifecycle.return_(row, by=health_reviewer, reasons="联系电话请核实")
    assert rescans.wanted(row.agreement) == ""
    assert not Agreement.objects.filter(rescans.where_wanted(), pk=row.agreement_id).exists()
    for name in ("filing-detail", "filing-resubmit"):
        shown = words(_page(client, elder_care_clerk, name, row.pk))
        assert "联系电话请核实" in shown
        assert "扫描件" not in shown, name


def test_what_is_filed_is_the_signed_file_and_no_paper(client: Client, filed: Filed, elder_care_clerk: User) -> None:
    row = filed()
    asked = words(_page(client, elder_care_clerk, "filing-submit", row.pk))
    assert "会收到双方签署后的电子正本" in asked
    assert "不需要再送纸质材料" in asked
    for not_said in ("扫描件", "盖章的纸质正本"):
        assert not_said not in asked


def test_a_reviewer_is_told_so_and_misses_no_scan(
    client: Client, filed: Filed, elder_care_clerk: User, health_reviewer: User
) -> None:
    row = lifecycle.take_up(lifecycle.submit(filed(), by=elder_care_clerk), by=health_reviewer)
    found = {each.subject: each for each in checks(row, compared(row.agreement))}
    assert "签章扫描件" not in found
    assert found["双方电子签章"].verdict is Verdict.GOOD
    shown = words(_page(client, health_reviewer, "filing-detail", row.pk))
    assert "报送的是签署后的电子正本" in shown
    assert "没有经核验的签章扫描件" not in shown


def test_a_reviewer_is_told_that_the_filed_copy_is_whole_and_when_it_is_not(
    client: Client, filed: Filed, elder_care_clerk: User, health_reviewer: User
) -> None:
    """Its own copy, not the first: what lies here is the file that was registered."""
    row = lifecycle.take_up(lifecycle.submit(filed(), by=elder_care_clerk), by=health_reviewer)
    copy = own_copy(row)
    assert copy is not None
    held = newest(copy)[1]
    assert held is not None
    shown = words(_page(client, health_reviewer, "filing-detail", row.pk))
    assert f"报送的第 {copy.number} 份正本（{copy.holder_label}）由本平台签发，完整" in shown
    assert held.sha256 in shown
    assert "第 1 份：" not in shown
    with Path(held.file.path).open("ab") as file:
        file.write(b"%")
    shown = words(_page(client, health_reviewer, "filing-detail", row.pk))
    assert "和签发时登记的文件不相同" in shown
    assert "由本平台签发，完整" not in shown
