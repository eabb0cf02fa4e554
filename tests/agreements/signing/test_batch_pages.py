"""The pages of signing many with one PIN, up to where the thread begins."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle import batches
from agreements.models import Agreement, ReadBlanks, ReadTemplate, SigningBatch, SigningItem, TemplateVersion
from chinese.dates import cn_day
from institutions.models import Authority, Institution
from sealing.models import SigningKey
from tests import factories
from tests.agreements.batches import begun, on_screen_many, read_all
from tests.sealing.making import PIN


@pytest.fixture
def two(
    signing_is_open: None,
    elder_care_institution: Institution,
    medical_institution: Institution,
    consortium: TemplateVersion,
    elder_care_clerk: User,
    medical_clerk: User,
    elder_care_signatory: User,
    health_authority: Authority,
    civil_affairs_authority: Authority,
) -> list[Agreement]:
    return on_screen_many(
        2, elder_care_institution, medical_institution, consortium, drafter=elder_care_clerk, answerer=medical_clerk
    )


@pytest.fixture
def signed_in(client: Client, elder_care_signatory: User) -> Client:
    client.force_login(elder_care_signatory)
    return client


def text(client: Client, address: str, *args: object) -> str:
    return client.get(reverse(address, args=args)).content.decode()


def test_from_home_through_reading_to_what_can_be_chosen(signed_in: Client, two: list[Agreement]) -> None:
    assert reverse("signing-batch") in text(signed_in, "home")
    listed = signed_in.get(reverse("agreement-list"), {"waits": "to-sign"}).content.decode()
    assert reverse("signing-batch") in listed
    page = text(signed_in, "signing-batch")
    template = reverse("signing-template", args=[two[0].chosen_version.pk])
    blanks = [reverse("agreement-blanks", args=[row.number]) for row in two]
    assert 'name="texts"' not in page, "nothing was read"
    assert page.count(f"《{two[0].chosen_version.title}》，{cn_day(factories.today())}定稿") == 2, "what each is"
    assert page.count(template) == 1
    assert all(each in page for each in blanks)
    assert two[0].chosen_version.title in signed_in.get(template).content.decode()
    assert signed_in.post(template).headers["Location"] == reverse("signing-batch")
    assert two[0].frozen is not None
    assert two[1].frozen is not None
    digests = [row.frozen.digest for row in two if row.frozen]
    assert f'value="{digests[0]}"' in signed_in.get(blanks[0]).content.decode()
    assert signed_in.post(blanks[0], {"text": "0" * 64}).headers["Location"] == blanks[0]
    assert not ReadBlanks.objects.exists(), "another text than was shown"
    assert signed_in.post(blanks[0], {"text": digests[0]}).headers["Location"] == blanks[1]
    assert signed_in.post(blanks[1], {"text": digests[1]}).headers["Location"] == reverse("signing-batch")
    assert (ReadTemplate.objects.count(), ReadBlanks.objects.count()) == (1, 2)
    page = text(signed_in, "signing-batch")
    assert page.count('name="texts"') == 2
    assert "范本全文和每一处填写都看过" in page


def test_a_wrong_pin_is_counted_and_writes_nothing_down(
    signed_in: Client, two: list[Agreement], elder_care_signatory: User
) -> None:
    read_all(two, elder_care_signatory)
    sent = {"texts": [row.frozen_id for row in two], "seal": "none", "intent": "on"}
    begin = reverse("signing-batch-begin")
    empty = signed_in.post(begin, {"seal": "none", "intent": "on", "pin": PIN})
    assert "请先勾选要签署的协议" in empty.content.decode()
    refused = signed_in.post(begin, {**sent, "pin": "111222"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "签名密码不对，还可以试 4 次。" in page
    assert "111222" not in page
    assert page.count("checked") >= 2, "what was ticked stays"
    assert SigningKey.objects.get(certificate__identity__person=elder_care_signatory).wrong_pins == 1
    assert not SigningBatch.objects.exists()
    unread = signed_in.post(begin, {**sent, "texts": ["999999"], "pin": PIN})
    assert "不等您签署" in unread.content.decode()
    assert signed_in.post(begin, {**sent, "pin": PIN}).status_code == 302
    assert SigningItem.objects.filter(state="waiting").count() == 2


def test_what_was_withdrawn_meanwhile_is_named_and_what_is_done_is_found_again(
    signed_in: Client,
    two: list[Agreement],
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_clerk: User,
) -> None:
    read_all(two, elder_care_signatory)
    texts = [row.frozen_id for row in two]
    lifecycle.withdraw(two[1], by=medical_clerk, reason="费用要改。")
    sent = {"texts": texts, "seal": "none", "intent": "on", "pin": PIN}
    refused = signed_in.post(reverse("signing-batch-begin"), sent)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert f"还没有看过的：{two[1].number}（越城区塔山街道社区卫生服务中心，已退回" in page
    assert f"：{two[0].number}（" not in page
    batch = begun(two[:1], elder_care_signatory, elder_care_institution)
    here = reverse("signing-batch-detail", args=[batch.pk])
    batches.end(batch, by=elder_care_signatory)
    results = f'href="{reverse("signing-batch")}#done"'
    assert results in text(signed_in, "home"), "with one that waits"
    listed = signed_in.get(reverse("agreement-list"), {"waits": "to-sign"}).content.decode()
    assert results in listed
    done = text(signed_in, "signing-batch").partition("办完的批量签署")[2]
    assert here in done
    assert "共 1 份，已签署 0 份，没有签成 1 份" in done


def test_only_whoever_signed_many_is_led_to_what_became_of_them(
    client: Client,
    two: list[Agreement],
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    elder_care_clerk: User,
) -> None:
    results = f'href="{reverse("signing-batch")}#done"'

    def led(person: User) -> tuple[bool, bool]:
        client.force_login(person)
        listed = client.get(reverse("agreement-list"), {"waits": "to-sign", "q": two[0].number}).content.decode()
        return results in text(client, "home"), results in listed

    batch = begun(two, elder_care_signatory, elder_care_institution, read=True)
    lifecycle.withdraw(two[1], by=elder_care_clerk, reason="费用要改。")
    assert led(elder_care_signatory) == (False, False), "it is not done yet"
    batches.end(batch, by=elder_care_signatory)
    assert led(elder_care_signatory) == (True, True)
    assert led(medical_signatory) == (False, False), "they signed nothing in one go"
    assert led(elder_care_clerk) == (False, False), "the page is not theirs"
    elder_care_signatory.memberships.filter(institution=elder_care_institution).delete()
    assert led(elder_care_signatory) == (False, False), "they sign for nobody any more"


def test_a_batch_says_what_to_do_when_its_key_is_locked(
    signed_in: Client, two: list[Agreement], elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    batch = begun(two, elder_care_signatory, elder_care_institution, read=True)
    go_on, again = reverse("signing-batch-go-on", args=[batch.pk]), reverse("signing-again", args=[batch.identity_id])
    for left in range(4, -1, -1):
        page = signed_in.post(go_on, {"pin": "111222"}).content.decode()
        assert ('name="pin"' in page, again in page) == (bool(left), not left)
    assert "这一批请先结束" in page
    chosen = {"texts": [row.frozen_id for row in two], "seal": "none", "intent": "on", "pin": PIN}
    page = signed_in.post(reverse("signing-batch-begin"), chosen).content.decode()
    assert again in page


def test_the_page_of_a_batch_is_found_again_and_asks_for_the_pin_when_nobody_is_at_it(
    signed_in: Client,
    two: list[Agreement],
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
) -> None:
    batch = begun(two, elder_care_signatory, elder_care_institution, read=True)
    here = reverse("signing-batch-detail", args=[batch.pk])
    assert here in text(signed_in, "home")
    assert here in text(signed_in, "signing-batch")
    page = text(signed_in, "signing-batch-detail", batch.pk)
    assert 'name="pin"' in page
    assert "hx-get" not in page[page.index("batch-results") :].split(">")[0]
    batches.take_up(batch, by=elder_care_signatory)
    page = text(signed_in, "signing-batch-detail", batch.pk)
    assert "正在签署" in page
    assert 'name="pin"' not in page
    stop, end, go_on = (reverse(f"signing-batch-{verb}", args=[batch.pk]) for verb in ("stop", "end", "go-on"))
    assert signed_in.post(end).status_code == 409
    assert signed_in.post(stop).status_code == 302
    page = text(signed_in, "signing-batch-detail", batch.pk)
    assert batches.STOPPED in page
    assert "签名密码不对" in signed_in.post(go_on, {"pin": "111222"}).content.decode()
    assert signed_in.post(go_on, {"pin": PIN}).status_code == 302
    batch.refresh_from_db()
    assert batch.is_at_work
    signed_in.post(stop)
    assert signed_in.post(end).status_code == 302
    assert here not in text(signed_in, "home")
    assert "您结束了这一批" in text(signed_in, "signing-batch-detail", batch.pk)
    signed_in.force_login(medical_signatory)
    assert signed_in.get(here).status_code == 404, "it is the person's own"
