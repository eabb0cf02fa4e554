"""The agreement row: draft answers first, frozen facts later."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Least, NullIf
from django.utils import timezone

from accounts.models import User
from agreements.models import states
from agreements.models.frozen import FrozenText
from agreements.models.invariants import INVARIANTS
from agreements.models.party_facts import facts_of
from agreements.models.round import Round
from agreements.models.scan import Scan
from agreements.models.states import (
    BEING_SIGNED,
    DRAFTS,
    HAS_BEEN_IN_FORCE,
    LIVING,
)
from agreements.models.template import Template, TemplateVersion
from agreements.models.ways import Way
from agreements.text import filling
from agreements.text.answers import values_by_blank, values_of
from agreements.text.calling import with_names
from agreements.text.filling import FilledText, fill
from chinese.dates import cn_day
from institutions.models import (
    AT_AUTHORITIES,
    AT_INSTITUTIONS,
    Institution,
    Role,
    code_in,
    holds_none,
    keys_acted_for_by,
    keys_read_by,
    keys_signed_for_by,
    seats_of,
)
from institutions.models.membership import Keys
from institutions.searching import among_names, grams_of
from regions.models import Region

MOST_HOLDERS = 500  # of codes that begin alike, whose agreements are looked up one by one
NUMBERS = "YY"  # what every number begins with


class AgreementKind(models.TextChoices):
    ORIGINAL = "original", "首次签约"
    RENEWAL = "renewal", "续签"
    REPLACEMENT = "replacement", "换签"
    SUPPLEMENT = "supplement", "补充协议"

    @classmethod
    def taking_a_place(cls) -> tuple["AgreementKind", ...]:
        """Return those that end what they follow the day before they start."""
        return cls.RENEWAL, cls.REPLACEMENT


def found_by(text: str, path: str = "", *, is_wide: bool = False) -> Q:
    """Return the condition on rows that `AgreementQuerySet.search` speaks of; `path` leads to the agreement.

    What cannot be a number or a code is looked for among the names alone: an OR over fewer indexes. A text that may be
    a code costs a query, of whose it is.
    """
    found = among_names(f"{path}names", text, by_index=is_wide and not path)
    if text.isascii():
        found |= _numbered(text, path) if is_wide else Q(**{f"{path}number__icontains": text})
    if code := code_in(text):
        held = Institution.objects.filter(uscc__startswith=code).order_by().values_list("pk", flat=True)
        holders = list(held[: MOST_HOLDERS + 1])
        for role in Role:
            if len(holders) > MOST_HOLDERS:
                found |= Q(**{f"{path}{role}__uscc__startswith": code})
            elif holders:
                found |= Q(**{f"{path}{role}__in": holders})
    return found


def _numbered(text: str, path: str) -> Q:
    """Return the condition that the number begins with a text, with or without the letters that all begin with."""
    number = text.upper()
    beginning = f"{path}number__startswith"
    return Q(**{beginning: number}) | Q(**{beginning: f"{NUMBERS}{number}"})


def _answered_by(institutions: Keys) -> Q:
    """Say that the side which did not draft is one of these institutions, or of these keys."""
    return Q(drafted_by=F("medical"), elder_care__in=institutions) | Q(
        drafted_by=F("elder_care"), medical__in=institutions
    )


def _seen_by(user: User) -> Q:
    """Say what `visible_to` says. What the request has read that the person cannot see by is not asked about."""
    seen = Q()
    if not holds_none(user, AT_INSTITUTIONS):
        mine = keys_read_by(user)
        seen |= Q(drafted_by__in=mine)
        seen |= ~Q(state__in=DRAFTS) & (Q(medical__in=mine) | Q(elder_care__in=mine))
    if not holds_none(user, AT_AUTHORITIES):
        seen |= Q(state__in=HAS_BEEN_IN_FORCE, concerns__overlap=seats_of(user))
    return seen or Q(pk__in=[])


def _given_back_by(user: User) -> Q:
    ended = Round.objects.filter(agreement=OuterRef("pk"), returned_at__isnull=False)
    return _answered_by(keys_read_by(user)) & Q(state__in=DRAFTS) & Q(Exists(ended))


def _taking_over(predecessor: Any) -> models.QuerySet["Agreement"]:
    kinds = AgreementKind.taking_a_place()
    return Agreement.objects.filter(predecessor=predecessor, kind__in=kinds, state__in=HAS_BEEN_IN_FORCE)


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> Self:
        """Return what a person may see.

        Clerks and signatories: own institution's agreements, the partner's drafts only once sent. Officials: what has
        been in force and concerns an institution of their remit, whether filed with them or not, because they answer
        for coverage. Auditors and template editors: nothing.
        """
        return self.filter(_seen_by(user))

    def shown_to(self, user: User) -> Self:
        """Return what has a page for a person: what they may see, and what came back to the other side's desk."""
        return self.filter(_seen_by(user) | _given_back_by(user))

    def to_answer_by(self, user: User) -> Self:
        """Return what was sent to an institution of the user's and waits for its answer."""
        return self.to_answer_at(keys_acted_for_by(user))

    def to_answer_at(self, institutions: Keys) -> Self:
        """Return what was sent to one of these institutions and waits for its answer."""
        return self.filter(_answered_by(institutions), state=Agreement.State.NEGOTIATING)

    def to_sign_by(self, user: User) -> Self:
        """Return what waits for the electronic signature of the user, for the institutions whose signatory they are;
        not while the template lets the other side sign first and it has not."""
        mine = keys_signed_for_by(user)
        medical = Q(frozen__medical_signs=Way.ELECTRONIC, medical_signed_on__isnull=True, medical__in=mine)
        elder_care = Q(frozen__elder_care_signs=Way.ELECTRONIC, elder_care_signed_on__isnull=True, elder_care__in=mine)
        first = {role: Q(template_version__in=TemplateVersion.objects.signed_first_by(role)) for role in Role}
        medical &= ~(first[Role.ELDER_CARE] & Q(elder_care_signed_on__isnull=True))
        elder_care &= ~(first[Role.MEDICAL] & Q(medical_signed_on__isnull=True))
        return self.filter(medical | elder_care, state__in=BEING_SIGNED)

    def asked_to_rescind(self, user: User) -> Self:
        """Return what the other side asked an institution of the user's to dissolve, and waits for its answer."""
        mine = keys_acted_for_by(user)
        asked = Q(rescission_side="medical", elder_care__in=mine) | Q(rescission_side="elder_care", medical__in=mine)
        return self.filter(asked, state=Agreement.State.SIGNING)

    def returned_by(self, user: User) -> Self:
        """Return what the user's institutions gave back, or either side took back, and was not sent again since.

        Of such a draft they may see what they were shown, and no more: it is the other side's own again.
        """
        return self.filter(_given_back_by(user))

    def to_recertify_by(self, user: User) -> Self:
        """Return what is or was in force and has new scans that another person uploaded, for a clerk of its parties."""
        mine = keys_acted_for_by(user)
        new = Scan.objects.filter(agreement=OuterRef("pk"), state=Scan.State.UPLOADED)
        parties = Q(medical__in=mine) | Q(elder_care__in=mine)
        others = Q(Exists(new)) & ~Q(Exists(new.filter(uploaded_by=user)))
        return self.filter(parties & others, state__in=HAS_BEEN_IN_FORCE)

    def with_return(self) -> Self:
        """Add how a draft came back last: `came_back_in` (round), `came_back_on`, `came_back_why`, `was_taken_back`,
        `declined_by` (the side whose signatory would not sign, or ""), `came_back_by` (None: by the clock)."""
        rounds = Round.objects.filter(agreement=OuterRef("pk"), returned_at__isnull=False).order_by("-number")
        return self.annotate(
            came_back_in=Subquery(rounds.values("number")[:1]),
            came_back_on=Subquery(rounds.values("returned_at")[:1]),
            came_back_why=Coalesce(
                NullIf("return_reason", Value("", models.TextField())), Subquery(rounds.values("reason")[:1])
            ),
            was_taken_back=Subquery(rounds.values("is_withdrawn")[:1]),
            declined_by=Subquery(rounds.values("declined_by")[:1]),
            came_back_by=Subquery(rounds.values("returned_by")[:1]),
        )

    def with_successor(self) -> Self:
        """Add `taken_over_by`: the number of what takes its place, or has taken it."""
        return self.annotate(taken_over_by=Subquery(_taking_over(OuterRef("pk")).values("number")[:1]))

    def with_follower(self, user: User) -> Self:
        """Add `followed_by` and `followed_as`: number and kind of what is under way or in force in its place, as far as
        the person sees it."""
        taking = Agreement.objects.visible_to(user).filter(
            predecessor=OuterRef("pk"), kind__in=AgreementKind.taking_a_place()
        )
        living = taking.exclude(state__in=states.GIVEN_UP).order_by("pk")
        return self.annotate(
            followed_by=Subquery(living.values("number")[:1]), followed_as=Subquery(living.values("kind")[:1])
        )

    def search(self, text: str, *, is_wide: bool = False) -> Self:
        """Return agreements whose number contains `text`, or whose parties' names, each word of it: as registered, as
        they were before, or as frozen with the text. A code finds them by its beginning.

        `is_wide`: of a province or the nation. There the number, too, is found by its beginning.
        """
        text = text.strip()
        return self.filter(found_by(text, is_wide=is_wide)) if text else self

    def in_force(self, *, on: date) -> Self:
        """Return what is or was in force on a day, whatever its state is called today. Both end days are included.

        Only what has been in force has these two days: a constraint sees to that.
        """
        return self.filter(starts_on__lte=on, last_day__gte=on)

    def living(self) -> Self:
        """Return what is being drafted, negotiated or signed, and what is in force."""
        return self.filter(state__in=LIVING)

    def with_profiles(self) -> Self:
        """Fetch both parties' profiles too: what they may lack today is read from there."""
        parties = ("medical", "elder_care")
        return self.select_related(*(f"{party}__{side}_profile" for party in parties for side in parties))

    def with_parties(self) -> Self:
        """Fetch what a row of a list shows. The frozen words stay behind: a hundred texts are megabytes."""
        shown = ("medical", "elder_care", "drafted_by", "template_version__template", "region", "frozen")
        return self.select_related(*shown).defer("frozen__body")

    def with_text(self) -> Self:
        """Fetch the frozen words too, for a page that shows them. Use it after `with_parties`."""
        return self.select_related("frozen").defer(None)


class Agreement(models.Model):
    State: TypeAlias = states.State

    number = models.CharField("协议编号", max_length=30, unique=True)
    state = models.CharField("状态", max_length=20, choices=State, default=State.DRAFT)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="所在县区", related_name="agreements")
    drafted_by = models.ForeignKey(
        Institution, models.PROTECT, verbose_name="起草方", related_name="drafted_agreements"
    )
    medical = models.ForeignKey(
        Institution, models.PROTECT, null=True, verbose_name="医疗卫生机构", related_name="agreements_as_medical"
    )
    elder_care = models.ForeignKey(
        Institution, models.PROTECT, null=True, verbose_name="养老服务机构", related_name="agreements_as_elder_care"
    )
    template_version = models.ForeignKey(
        TemplateVersion, models.PROTECT, null=True, verbose_name="范本版本", related_name="agreements"
    )
    answers = models.JSONField("填写内容", default=dict, encoder=DjangoJSONEncoder, help_text="blank id → value")
    contacts = models.JSONField("签约人与联系人", default=dict, help_text="role → signatory and contact")
    revision = models.PositiveIntegerField("修订号", default=0, help_text="raised by every save of the draft")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("最近修改", auto_now=True)
    sent_at = models.DateTimeField("送出时间", null=True)
    drafting_way = models.CharField(
        "起草方的签章方式", max_length=20, choices=Way, default=Way.PAPER, help_text="frozen with the text"
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="who sent it last: never agrees",
    )
    return_reason = models.TextField("退回原因", blank=True, help_text="Round.why of a draft that was given back")
    # The text it shows: the current one, never a voided one.
    frozen = models.OneToOneField(
        FrozenText, models.PROTECT, null=True, blank=True, verbose_name="定稿文本", related_name="+"
    )
    template = models.ForeignKey(
        Template, models.PROTECT, null=True, blank=True, related_name="+", help_text="set on entering force"
    )
    kind = models.CharField("类别", max_length=20, choices=AgreementKind, default=AgreementKind.ORIGINAL)
    predecessor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="原协议", related_name="successors"
    )
    medical_signed_on = models.DateField("医疗卫生机构签章日期", null=True, blank=True)
    elder_care_signed_on = models.DateField("养老服务机构签章日期", null=True, blank=True)
    certified_at = models.DateTimeField("核验时间", null=True, blank=True)
    effective_on = models.DateField("生效日期", null=True, blank=True)
    starts_on = models.DateField("期限起", null=True, blank=True)
    expires_on = models.DateField("期限止", null=True, blank=True, help_text="last day of the term, included")
    ended_on = models.DateField(
        "提前结束日期", null=True, blank=True, help_text="last day in force, of a terminated or superseded agreement"
    )
    # The one definition, for querysets, for the figures' SQL and for pages. The database computes it, so a row that
    # was just written knows it only when it is read again.
    last_day = models.GeneratedField(
        verbose_name="最后一天",
        expression=Least("expires_on", "ended_on"),  # PostgreSQL's passes over a day that is not there
        output_field=models.DateField(null=True),
        db_persist=True,
        help_text="last day in force, included; null until it has been in force",
    )
    end_reason = models.TextField("终止原因", blank=True)
    rescission_side = models.CharField(
        "提出合意解除的一方", max_length=20, choices=Role, blank=True, help_text="empty while nobody has asked"
    )
    rescission_asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, verbose_name="提出合意解除的人", related_name="+"
    )
    rescission_reason = models.TextField("合意解除的原因", blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    # Whose officials see it: the seats (`seats_of`) of its region and of both parties'. The database keeps it.
    concerns = ArrayField(models.IntegerField(), default=list, editable=False, verbose_name="涉及地区")
    # What both parties are and were called, and are called in the frozen text: `searchable`, one a line, for the search
    # only. The database keeps it.
    names = models.TextField("双方名称", default="", editable=False)

    objects = AgreementQuerySet.as_manager()

    if TYPE_CHECKING:
        medical_id: int | None
        elder_care_id: int | None
        template_version_id: int | None
        frozen_id: int | None
        drafted_by_id: int
        predecessor_id: int | None
        region_id: int
        sent_by_id: int | None
        rescission_asked_by_id: int | None
        # Added by `with_return`.
        came_back_in: int | None
        came_back_on: datetime | None
        came_back_why: str
        was_taken_back: bool
        declined_by: str | None
        came_back_by: int | None

    class Meta:
        verbose_name = "协议"
        ordering = ["-updated_at", "-id"]
        indexes = [
            models.Index(fields=["state", "region"], name="agreement_state_region"),
            models.Index(fields=["-updated_at", "-id"], name="agreement_recent"),
            models.Index(fields=["expires_on", "id"], name="agreement_by_end"),
            models.Index(fields=["expires_on", "id"], condition=Q(state="in_force"), name="agreement_running_by_end"),
            GinIndex(
                fields=["concerns"], condition=Q(state__in=HAS_BEEN_IN_FORCE), name="agreement_concerns_officials"
            ),
            GinIndex(grams_of(F("names")), name="agreement_names"),
        ]
        constraints = INVARIANTS

    def __str__(self) -> str:
        return self.number

    def party(self, role: Role) -> Institution | None:
        return self.medical if role is Role.MEDICAL else self.elder_care

    @property
    def drafting_role(self) -> Role:
        return Role(self.drafted_by.role)

    @property
    def answering_role(self) -> Role:
        return self.drafting_role.other

    @property
    def partner(self) -> Institution | None:
        """The side that did not draft."""
        return self.party(self.answering_role)

    @property
    def both_signed(self) -> bool:
        """Whether both sides' days are entered: there is a contract (民法典 490)."""
        return self.medical_signed_on is not None and self.elder_care_signed_on is not None

    @property
    def is_frozen(self) -> bool:
        return self.frozen_id is not None

    @property
    def agreed_at(self) -> datetime | None:
        """When the text was frozen; None before. In queries: `frozen__frozen_at`."""
        return self.frozen.frozen_at if self.frozen else None

    def hands_over(self, *, naming: bool = True) -> str:
        """Return in words when what takes its place does so, while it still runs; "" before and afterwards.

        `naming`: with the number of what takes its place; a query, unless `with_successor` has fetched it.
        """
        if self.state != states.State.SUPERSEDED or not self.ended_on or self.ended_on < timezone.localdate():
            return ""
        known = getattr(self, "taken_over_by", None) or _taking_over(self.pk).values_list("number", flat=True).first()
        by = f" {known} " if naming and known else "新协议"
        return f"将于{cn_day(self.ended_on + timedelta(days=1))}由{by}接替"

    @property
    def state_words(self) -> str:
        """Return the state in words as it is today: what is superseded runs until the day before."""
        return self.state_in_words()

    def state_in_words(self, *, naming: bool = True) -> str:
        over = self.hands_over(naming=naming)
        if self.state == states.State.TERMINATED and self.ended_on and self.ended_on >= timezone.localdate():
            over = f"到{cn_day(self.ended_on)}终止"
        return f"履行中，{over}" if over else self.under_way or states.State(self.state).label

    @property
    def under_way(self) -> str:
        """Who must act on the words before they are agreed, by name, the same to every reader; "" in other states."""
        match self.state:
            case states.State.NEGOTIATING:
                return f"待{self.party_name(self.answering_role)}确认"
            case states.State.DRAFT if self.return_reason:
                return f"{self.unsigned_in_words or '已退回'}，待{self.party_name(self.drafting_role)}修改"
            case states.State.DRAFT if self.sent_at is not None:
                return f"{self.party_name(self.drafting_role)}撤回修改中"
        return ""

    @property
    def unsigned_in_words(self) -> str:
        """Say of a draft whose text both had agreed on why it was not signed: whose signatory would not, or that the
        time ran out; "" of any other. A query, unless `with_return` has fetched how it came back."""
        if self.state != states.State.DRAFT or not self.return_reason:
            return ""
        if not hasattr(self, "came_back_by"):
            last = self.rounds.filter(returned_at__isnull=False).defer("body").last()
            self.came_back_by = last.returned_by_id if last else self.drafted_by_id
            self.declined_by = last.declined_by if last else ""
        if self.declined_by:
            return f"{self.party_name(Role(self.declined_by))}的签约人拒绝签署"
        return "到期没有签完" if self.came_back_by is None else ""

    @property
    def chosen_version(self) -> TemplateVersion:
        """The chosen template version. Raises ValueError while none is chosen."""
        if self.template_version is None:
            raise ValueError(f"{self.number} has no template yet")
        return self.template_version

    def values(self, answers: Mapping[str, filling.Value | None] | None = None) -> dict[str, filling.Value]:
        """Return every value that the text needs: facts of the parties, and answers as far as given.

        `answers`, as a form has cleaned them, stand in for the stored ones in the live preview.
        """
        body = self.chosen_version.parsed
        parties = {role.value: self.party_facts(role) for role in Role}
        return values_of(body, values_by_blank(body, self.answers) if answers is None else answers, parties)

    def filled_text(self) -> FilledText:
        """Return the frozen text, or the template filled with the draft's present values."""
        if self.frozen is not None:
            return self.frozen.text
        return fill(self.chosen_version.parsed, self.values())

    def party_facts(self, role: Role) -> dict[str, str]:
        """Return a party's facts: as frozen, else as registered today, {} while none is chosen."""
        if self.frozen is not None:
            frozen: dict[str, str] = self.frozen.party_snapshots[role.value]
            return frozen
        return facts_of(self.party(role))

    def party_name(self, role: Role) -> str:
        """Return a party's name: as frozen, else live, else ""."""
        return self.party_facts(role).get("name", "")

    def named(self, words: str) -> str:
        """Return words of the chosen template with the names of those whom it calls 甲方 and 乙方."""
        names = {role.value: self.party_name(role) for role in Role}
        return with_names(words, self.chosen_version.parsed.called, names)

    def contact(self, role: Role) -> dict[str, Any]:
        """Return signatory_name, signatory_title, contact_name, contact_phone of one side, as far as given."""
        found: dict[str, Any] = self.contacts.get(role.value, {})
        return found
