"""What the wizard says: institutions by name, cards in context, the text at hand, never "saved" beside errors."""

import re

import pytest
from django import forms
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils.functional import Promise

from accounts.models import User
from agreements.drafting.forms import TermsForm
from agreements.models import Agreement, TemplateVersion
from agreements.text.calling import with_names
from tests.agreements.making import save

NAMES = {"medical": "塔山中心", "elder_care": "福星养老院"}


def page_of(client: Client, row: Agreement, slug: str) -> str:
    return str(client.get(reverse("draft-step", args=[row.number, slug])).content.decode())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("乙方每月来几次？", "乙方（塔山中心）每月来几次？"),
        ("甲方付给乙方，乙方开票", "甲方（福星养老院）付给乙方（塔山中心），乙方开票"),
        ("从哪一天开始有效？", "从哪一天开始有效？"),
    ],
)
def test_a_side_is_told_with_its_name_once_in_a_sentence(words: str, said: str) -> None:
    called = {"elder_care": "甲方", "medical": "乙方"}
    assert with_names(words, called, NAMES) == said
    assert with_names(said, called, NAMES) == said
    assert with_names(words, called, {}) == words


def test_every_question_that_names_a_side_names_the_institution(
    client_of_clerk: Client, draft: Agreement, published: dict[str, TemplateVersion], elder_care_clerk: User
) -> None:
    for version in published.values():
        draft.template_version = version
        for name, field in TermsForm(None, agreement=draft).fields.items():
            for words in (str(field.label), str(field.help_text)):
                for side in version.parsed.called.values():
                    assert side not in words or f"{side}（" in words, (version, name)


def test_each_card_is_called_otherwise_and_all_clauses_can_be_read_in_place(
    client_of_clerk: Client, draft: Agreement, published: dict[str, TemplateVersion]
) -> None:
    for version in published.values():
        draft.template_version = version
        form = TermsForm(None, agreement=draft)
        groups = list(form.groups())
        assert len({group.heading for group in groups}) == len(groups)
        read = [id_ for group in groups for id_ in (*(each.line.id for each in group.before.lines), group.line.id)]
        read += [each.line.id for each in form.after.lines]
        assert read == [block.id for block in version.parsed.blocks], version


def test_the_page_of_terms_and_the_picker_have_the_text_at_hand(client_of_clerk: Client, draft: Agreement) -> None:
    terms = page_of(client_of_clerk, draft, "terms")
    assert "<details" in terms
    assert "不用填写的内容" in terms
    version = draft.chosen_version
    address = reverse("template-detail", args=[version.template.slug])
    picker = page_of(client_of_clerk, draft, "template")
    assert re.search(rf'href="{address}\?version={version.number}"\s+target="_blank"', picker)
    assert f"阅读《{version.title}》全文（在新标签页打开）" in picker


def test_saved_is_not_said_beside_a_refusal(client_of_clerk: Client, draft: Agreement, elder_care_clerk: User) -> None:
    assert "已保存" in page_of(client_of_clerk, draft, "check")
    row = save(draft, by=elder_care_clerk, step="terms", answers={})
    refused = client_of_clerk.post(
        reverse("agreement-send", args=[row.number]), {"revision": row.revision}, follow=True
    ).content.decode()
    assert "没有送出" in refused
    assert "已保存" not in refused


def all_forms(base: type[forms.BaseForm]) -> set[type[forms.BaseForm]]:
    below = base.__subclasses__()
    return set(below).union(*map(all_forms, below))


def test_no_form_of_ours_speaks_the_words_of_the_framework() -> None:
    """The framework's own messages are lazy translations; ours are plain text."""
    assert get_resolver().url_patterns, "every page is loaded, and its forms with it"
    found = {
        (form.__module__, form.__name__, name, key)
        for form in all_forms(forms.BaseForm)
        if not form.__module__.startswith(("django.", "tests."))
        for name, field in getattr(form, "base_fields", {}).items()
        for key, words in field.error_messages.items()
        if isinstance(words, Promise)
    }
    assert not found
