"""What is entered in the wizard stays a value of its type: shown as it will read, looked at once, stored as JSON."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements.drafting.forms import TermsForm
from agreements.models import Agreement, TemplateVersion
from agreements.text.filling import FilledLine
from tests.agreements.drafting.test_wizard import fresh, meant, post, terms_of, url
from tests.agreements.making import save

# Asked by the check of the template alone, and by nothing else of these pages.
OFFERED = 'DISTINCT ON ("agreements_templateversion"."template_id")'


def entered(draft: Agreement, **changed: Any) -> TermsForm:
    return TermsForm({"revision": draft.revision, **terms_of(draft, **changed)}, agreement=draft)


def lines_of(form: TermsForm) -> list[FilledLine]:
    return [group.line for group in form.groups()]


@pytest.mark.parametrize("step", ["partner", "terms", "contacts", "check"])
def test_what_is_missing_is_looked_for_once_a_page(
    step: str, client_of_clerk: Client, draft: Agreement, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(60) as page:
        assert client_of_clerk.get(url(draft, step)).status_code == 200
    assert times_looked(page) == 1


def test_it_is_looked_for_once_where_the_page_comes_back(
    client_of_clerk: Client, draft: Agreement, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(60) as page:
        assert post(client_of_clerk, draft, "terms", **terms_of(draft, annual_fee="-1")).status_code == 422
    assert times_looked(page) == 1


def test_it_is_looked_for_once_to_find_where_to_resume(
    client_of_clerk: Client, draft: Agreement, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(60) as page:
        assert client_of_clerk.get(reverse("draft-resume", args=[draft.number]))["Location"] == url(draft, "check")
    assert times_looked(page) == 1


def test_the_steps_and_the_list_tell_the_same(client_of_clerk: Client, draft: Agreement, elder_care_clerk: Any) -> None:
    save(draft, by=elder_care_clerk, step="terms", answers={})
    page = client_of_clerk.get(url(draft, "check"))
    open_work = {finding.step for finding in page.context["findings"] if finding.blocks}
    assert open_work == {"terms"}
    assert [each.step.slug for each in page.context["steps"] if not each.is_done] == ["terms", "check"]
    assert not page.context["can_send"]


def times_looked(page: CaptureQueriesContext) -> int:
    return sum(OFFERED in query["sql"] for query in page.captured_queries)


def test_what_is_entered_is_shown_as_values_of_their_types(draft: Agreement) -> None:
    shown = entered(draft, annual_fee="16409.02", ward_rounds_per_month="4", valid_from="2098年1月1日").shown()
    assert shown["annual_fee"] == Decimal("16409.02")
    assert shown["ward_rounds_per_month"] == 4
    assert shown["valid_from"] == date(2098, 1, 1)


@pytest.mark.parametrize(
    ("name", "wrong"), [("annual_fee", "一万"), ("ward_rounds_per_month", "2.5"), ("valid_to", "2099-02-30")]
)
def test_what_is_wrong_is_shown_as_the_empty_blank_and_the_rest_as_entered(
    name: str, wrong: str, draft: Agreement
) -> None:
    form = entered(draft, **{name: wrong, "civil_affairs_authority": "越城区"})
    runs = {run.blank: run for line in lines_of(form) for run in line.runs}
    assert not runs[name].filled
    assert (runs["civil_affairs_authority"].text, runs["civil_affairs_authority"].filled) == ("越城区", True)


@pytest.mark.parametrize("fee", ["0", "5000", "5000.5", "16409.02"])
def test_the_preview_reads_as_the_saved_text_will(fee: str, client_of_clerk: Client, draft: Agreement) -> None:
    preview = lines_of(entered(draft, annual_fee=fee))
    assert meant(client_of_clerk, draft, "terms", **terms_of(draft, annual_fee=fee)).status_code == 302
    saved = fresh(draft)
    assert preview == lines_of(TermsForm(None, agreement=saved))
    text = {line.id: line for line in saved.filled_text().lines}
    assert all(text[line.id] == line for line in preview)


def test_what_is_stored_is_json_and_what_is_read_of_it_is_typed(
    client_of_clerk: Client, draft: Agreement, consortium: TemplateVersion
) -> None:
    post(client_of_clerk, draft, "terms", **terms_of(draft, annual_fee="5000", valid_from="2098年1月1日"))
    saved = fresh(draft)
    assert (saved.answers["annual_fee"], saved.answers["valid_from"]) == ("5000.00", "2098-01-01")
    assert (saved.values()["annual_fee"], saved.values()["valid_from"]) == (Decimal("5000.00"), date(2098, 1, 1))
