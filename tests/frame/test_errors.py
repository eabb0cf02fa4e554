"""The summary of what is wrong: no two links of it are called the same."""

from django import forms
from django.template import Context, Template

from agreements.drafting.forms import ContactsForm
from agreements.models import Agreement
from frame.errors import wrong_fields


def test_a_telephone_of_either_side_says_whose_it_is(draft: Agreement) -> None:
    wrong = {f"{role}-contact_phone": "电话" for role in ("medical", "elder_care")}
    form = ContactsForm({"revision": draft.revision, "opened": "", **wrong}, agreement=draft)
    assert not form.is_valid()
    names = {each.anchor: each.name for each in wrong_fields([form])}
    assert names == {
        "id_medical-contact_phone": f"{draft.medical}的联系电话",
        "id_elder_care-contact_phone": f"{draft.elder_care}的联系电话",
    }
    page = Template("{% load frame %}{% form_errors form %}").render(Context({"form": form}))
    assert f'<a href="#id_medical-contact_phone">{draft.medical}的联系电话</a>' in page


class Alone(forms.Form):
    name = forms.CharField(label="姓名。")
    sure = forms.ChoiceField(label="是否", choices=[("y", "是"), ("n", "否")], widget=forms.RadioSelect)


def test_what_is_asked_once_keeps_its_label_and_a_link_leads_to_the_first_button() -> None:
    assert [(each.anchor, each.name) for each in wrong_fields([Alone({})])] == [
        ("id_name", "姓名"),
        ("id_sure_0", "是否"),
    ]
