"""The forms of signing on screen. They turn what was entered into values and stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.views.decorators.debug import sensitive_variables

from agreements.lifecycle.electronic import Accepted
from agreements.lifecycle.errors import EndsEarly, FarApart
from agreements.lifecycle.handwriting import strokes_of
from agreements.models import SigningWindow
from agreements.models.handwriting import Handwritten
from boundary.fields import WordsField
from chinese.dates import cn_day
from frame.days import DayField
from institutions.models import Institution
from sealing.forms import KnownPinField
from sealing.keys.pins import as_typed
from sealing.models import Seal, SigningIdentity
from sealing.pades.pictures import Strokes
from sealing.unlocking import WrongPin
from verbs.errors import Unacceptable

NO_SEAL = "none"
LONGEST_TOKEN_PIN = 64


class TokenPinField(forms.CharField):
    """Where the PIN of a person is entered who has a key in a token: it may be longer, and have letters."""

    def __init__(self) -> None:
        super().__init__(
            label="签名密码，或密码设备的 PIN 码",
            strip=False,
            max_length=LONGEST_TOKEN_PIN,
            widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
            help_text=(
                "密钥在密码设备里的，输入设备的 PIN 码，平台不保存它。连续输错 5 次会锁定，设备自己可能更早锁住。"
            ),
            error_messages={"required": "请输入签名密码或 PIN 码。"},
        )

    @sensitive_variables()
    def to_python(self, value: Any) -> Any:
        return as_typed(super().to_python(value) or "")


def pin_field() -> forms.CharField:
    """Return where the PIN of the person's key is entered. It is shown by no page again."""
    return KnownPinField(help_text="您申请证书时自己设置的密码，不是登录密码。连续输错 5 次会锁定。")


class PenForm(forms.Form):
    """With what somebody signs. `identities` are the person's own that can sign for this institution now; one alone is
    not asked about. `hands`: how they can put their handwriting there, which nobody has to."""

    identity = forms.ChoiceField(
        label="签约证书", widget=forms.RadioSelect, error_messages={"required": "请选择证书。"}
    )
    seal = forms.ChoiceField(
        label="用印",
        widget=forms.RadioSelect,
        help_text="印章图片会盖在落款处，两页以上的还盖骑缝章。",
        error_messages={"required": "请选择用哪一枚印章，或者只签名、不用印。"},
    )
    handwriting = forms.ChoiceField(
        label="手写签名",
        required=False,
        widget=forms.RadioSelect,
        help_text="印在落款的签字处，范本没有签字处的印在印章下面，让人一看就知道是谁签的。可以不放，不影响签名的效力。",
        error_messages={"invalid_choice": "请重新选择手写签名的方式。"},
    )
    strokes = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    intent = forms.BooleanField(error_messages={"required": "请看完全文后勾选，表明这是您的意思表示。"})
    pin = pin_field()
    chosen_strokes: Strokes | None = None

    def __init__(
        self,
        *args: Any,
        institution: Institution,
        identities: Sequence[SigningIdentity],
        seals: Sequence[Seal],
        hands: Sequence[Handwritten] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.institution = institution
        if any(each.is_on_token for each in identities):
            self.fields["pin"] = TokenPinField()
        self.identities = {str(each.pk): each for each in identities}
        self.seals = {str(each.pk): each for each in seals}
        identity, seal, hand = (self.fields[name] for name in ("identity", "seal", "handwriting"))
        assert isinstance(identity, forms.ChoiceField)  # noqa: S101 -- for mypy: a form's fields are of any kind
        assert isinstance(seal, forms.ChoiceField)  # noqa: S101 -- likewise
        assert isinstance(hand, forms.ChoiceField)  # noqa: S101 -- likewise
        hand.choices = [("", "不放"), *((kind.value, kind.label) for kind in hands)]
        identity.choices = [(key, each.get_level_display()) for key, each in self.identities.items()]
        seal.choices = [*((key, str(each)) for key, each in self.seals.items()), (NO_SEAL, "只签名，不用印")]
        if len(self.identities) == 1:
            identity.widget, identity.required = forms.HiddenInput(), False
            identity.initial = next(iter(self.identities))
        if not self.seals:
            seal.initial = NO_SEAL

    @sensitive_variables("entered")
    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        if entered.get("handwriting") == Handwritten.DRAWN:
            try:
                self.chosen_strokes = strokes_of(entered.get("strokes", ""))
            except Unacceptable as refusal:
                self.add_error("handwriting", str(refusal))
        return entered

    def refuse_pin(self, refusal: WrongPin) -> None:
        """Say that the PIN was wrong. What it has locked can be chosen no more; without another the page closes."""
        self.add_error("pin" if refusal.left else None, str(refusal))
        if not refusal.left:
            chosen = self.chosen_identity.pk
            self.identities = {key: each for key, each in self.identities.items() if each.pk != chosen}

    @property
    def chosen_identity(self) -> SigningIdentity:
        """Raises LookupError where the person has none that can sign; the page offers no form then."""
        chosen = self.cleaned_data.get("identity") or next(iter(self.identities))
        return self.identities[chosen]

    @property
    def chosen_seal(self) -> Seal | None:
        return self.seals.get(self.cleaned_data["seal"])


class SignForm(PenForm):
    text = forms.CharField(required=False, widget=forms.HiddenInput)
    # By how many days the person accepts that a running agreement ends early, and that the two days lie apart.
    days_lost = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    days_apart = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    early: EndsEarly | None = None
    far: FarApart | None = None

    def __init__(self, *args: Any, institution: Institution, **kwargs: Any) -> None:
        super().__init__(*args, institution=institution, **kwargs)
        self.fields[
            "intent"
        ].label = f"我已阅读全文，代表{institution.name}以电子签名签署这份协议，知道它和手写签名、盖章有同等效力。"

    @property
    def accepted(self) -> Accepted:
        data = self.cleaned_data
        return Accepted(data["text"], data["days_lost"] or 0, data["days_apart"] or 0)

    def ask_about(self, question: EndsEarly | FarApart) -> None:
        """Say what signing today costs; the page then offers to accept it."""
        if isinstance(question, EndsEarly):
            self.early = question
        else:
            self.far = question
        self.add_error(None, str(question))


class DeclineForm(forms.Form):
    text = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = WordsField(
        label="不签的原因",
        help_text="双方都会看到，请写清楚哪一条、要改成什么。",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明不签的原因，双方都会看到，以便修改。"},
    )


class ExtendForm(forms.Form):
    until = DayField(label="延长到哪一天", error_messages={"required": "请填写新的截止日期。"})

    def __init__(self, *args: Any, window: SigningWindow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = cn_day(window.latest)
        self.fields["until"].help_text = f"现在的截止日期是{cn_day(window.closes_on)}；最晚可以延长到{last}。"
