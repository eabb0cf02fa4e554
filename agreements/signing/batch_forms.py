"""The forms of signing many with one PIN. They turn what was entered into values and stop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from agreements.signing.ceremony_forms import PenForm, pin_field
from boundary.paths import key_of
from institutions.models import Institution


class BatchForm(PenForm):
    """`texts` are the keys of the frozen texts that can be chosen: those that the person has read. `ticked`: which are,
    as the page is shown; at first all."""

    texts = forms.TypedMultipleChoiceField(
        label="要签署的协议",
        coerce=int,
        error_messages={
            "required": "请先勾选要签署的协议。",
            "invalid_choice": "有的协议在您打开这一页以后已经不等您签署，或者您还没有看过。请核对下面的勾选，再签署。",
        },
    )
    field_order = ("texts", "identity", "seal", "handwriting", "intent", "pin")

    def __init__(self, *args: Any, institution: Institution, texts: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, institution=institution, **kwargs)
        choosing, intent = self.fields["texts"], self.fields["intent"]
        assert isinstance(choosing, forms.TypedMultipleChoiceField)  # noqa: S101 -- for mypy: fields are of any kind
        every = [str(text) for text in texts]
        choosing.choices = [(text, text) for text in every]
        self._every = frozenset(every)
        self.ticked = frozenset(self.data.getlist("texts") if isinstance(self.data, QueryDict) else every)
        intent.label = (
            f"勾选的每一份我都已阅读，代表{institution.name}以电子签名逐份签署，知道它和手写签名、盖章有同等效力。"
        )
        intent.error_messages["required"] = "请勾选，表明逐份签署是您的意思表示。"

    @property
    def not_offered(self) -> list[int]:
        """The keys of texts that were sent and cannot be chosen, or not any more."""
        return [key for each in sorted(self.ticked - self._every) if (key := key_of(each)) is not None]


class GoOnForm(forms.Form):
    pin = pin_field()
