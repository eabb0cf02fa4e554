"""One filing per agreement and authority; a correction is a new row that refers to the old."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self, TypeAlias

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Exists, F, OrderBy, OuterRef, Q, Subquery, When

from accounts.models import User
from agreements.models import Agreement
from agreements.models.agreement import AgreementQuerySet, found_by
from agreements.models.states import OVER
from filing import states
from filing.models.hand_in import HandIn
from filing.states import HANDED_IN, NEVER_SUBMITTED, OPEN, OWED
from institutions.models import AT_AUTHORITIES, AT_INSTITUTIONS, Authority, holds_none, keys_read_by, seats_of

MOST_FOUND = 3_000  # agreements, or numbers of filings, that a search asks for one by one


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, user: User) -> Self:
        """Return what a person may see: the two sides their agreements' filings, officials those of their remit."""
        seen = Q()
        if not holds_none(user, AT_INSTITUTIONS):
            mine = keys_read_by(user)
            seen |= Q(agreement__in=Agreement.objects.filter(Q(medical__in=mine) | Q(elder_care__in=mine)).values("pk"))
        if not holds_none(user, AT_AUTHORITIES):
            seen |= Q(concerns__overlap=seats_of(user))
        return self.filter(seen) if seen else self.none()

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def current(self) -> Self:
        """Return the newest filing with each authority: those that nobody has submitted again."""
        return self.filter(resubmission__isnull=True)

    def with_clock(self, today: date) -> Self:
        """Add `is_resubmitted`, `is_waived` (a return that the authority let be) and `is_late`.

        The clock runs against the institutions while a copy is due or returned, else against the authority: also while
        a corrected scan of what it has accepted waits to be looked at.
        """
        following = Filing.objects.filter(previous=OuterRef("pk"))
        late = Q(clock_on__isnull=False, clock_on__lt=today)
        return self.with_hand_ins().annotate(
            is_resubmitted=Exists(following.exclude(state=states.State.CLOSED)),
            is_waived=Exists(following.filter(state=states.State.CLOSED)),
            is_late=Case(When(late, then=True), default=False, output_field=models.BooleanField()),
        )

    def with_hand_ins(self) -> Self:
        """Add `owes_hand_in` (a corrected scan is to be handed in), `has_hand_in` (one waits for the authority), and
        `handed_in_at`, when the newest came that counts, or null."""
        hand_ins = HandIn.objects.filter(filing=OuterRef("pk"))
        waiting = hand_ins.filter(state=HandIn.State.SUBMITTED)
        newest = hand_ins.filter(state__in=HANDED_IN).order_by("-round").values("submitted_at")[:1]
        return self.annotate(
            owes_hand_in=Exists(hand_ins.filter(state=HandIn.State.DUE)),
            has_hand_in=Exists(waiting),
            handed_in_at=Subquery(newest),
        )

    def by_urgency(self, *before: OrderBy) -> Self:
        """Order after `before` by the day by which somebody must act: so late ones come first, whatever day it is."""
        return self.order_by(*before, F("clock_on").asc(nulls_last=True), "id")

    def with_parties(self) -> Self:
        """Fetch what a row of a list shows; the agreements' frozen words stay behind."""
        rows = self.select_related(
            "authority__region",
            "receipt",
            "taken_up_by",
            "decided_by",
            "submitted_by",
            "closed_by",
            "agreement__medical",
            "agreement__elder_care",
            "agreement__drafted_by",
            "agreement__region",
            "agreement__template_version__template",
            "agreement__frozen",
        )
        return rows.defer("agreement__frozen__body")

    def with_text(self) -> Self:
        """Fetch the frozen words too, for a page that shows them. Use it after `with_parties`."""
        return self.defer(None)

    def search(self, text: str, *, among: AgreementQuerySet | None = None) -> Self:
        """Return filings found by their number, or by their agreement's number or parties.

        `among`: the agreements of a province or the nation. Then a number is found by its beginning, and so are the
        agreements first, as long as they are few; of many the first filings are soon found row by row.
        """
        text = text.strip()
        if not text:
            return self
        if among is None:
            return self.filter(Q(number__icontains=text) | found_by(text, "agreement__"))
        of_number = Filing.objects.filter(number__startswith=text).order_by().values_list("pk", flat=True)
        numbered = list(of_number[: MOST_FOUND + 1])
        found = list(among.search(text, is_wide=True).order_by().values_list("pk", flat=True)[: MOST_FOUND + 1])
        if max(len(numbered), len(found)) > MOST_FOUND:
            return self.filter(Q(number__startswith=text) | found_by(text, "agreement__", is_wide=True))
        return self.filter(Q(pk__in=numbered) | Q(agreement__in=found))


class Filing(models.Model):
    State: TypeAlias = states.State

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="filings")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="filings")
    state = models.CharField("状态", max_length=20, choices=State, default=State.DUE)
    round = models.PositiveSmallIntegerField("第几次", default=1)
    previous = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="resubmission", verbose_name="上一次报送"
    )
    due_on = models.DateField("报送期限")
    due_basis = models.CharField("期限依据", max_length=300)
    is_platform_default = models.BooleanField("平台默认期限", default=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    remark = models.TextField("报送说明", blank=True)
    review_due_on = models.DateField("受理期限", null=True, blank=True, help_text="set when submitted")
    taken_up_at = models.DateTimeField(null=True, blank=True)
    taken_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_as = models.CharField(
        "办理部门", max_length=100, blank=True, default="", help_text="as it was called then: itself, or who follows it"
    )
    number = models.CharField("备案号", max_length=60, blank=True)
    reasons = models.TextField("退回原因", blank=True)
    correction_due_on = models.DateField("补正期限", null=True, blank=True, help_text="set when returned")
    closed_at = models.DateTimeField("结案时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结案人"
    )
    closing_reason = models.TextField("结案原因", blank=True, help_text="why nothing more is wanted")
    created_at = models.DateTimeField(auto_now_add=True)
    # Whose officials see it: the seats (`seats_of`) of its authority's region and of its agreement's. Written by the
    # database when it is opened; neither of the two moves afterwards.
    concerns = ArrayField(models.IntegerField(), default=list, editable=False, verbose_name="涉及地区")
    # What lists go by, from its own row, what was submitted in its place, and its hand-ins. The database keeps both.
    clock_on = models.DateField("期限", null=True, editable=False, help_text="by when somebody must act")
    is_at_work = models.BooleanField(
        "在办", default=True, editable=False, help_text="somebody is still to do something, with or without a day"
    )

    objects = FilingQuerySet.as_manager()

    if TYPE_CHECKING:
        agreement_id: int
        authority_id: int
        submitted_by_id: int | None

    class Meta:
        verbose_name = "备案"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["authority", "state", "due_on"], name="filing_queue"),
            GinIndex(fields=["concerns"], name="filing_concerns_officials"),
            GinIndex(fields=["concerns"], condition=Q(is_at_work=True), name="filing_at_work"),
            GinIndex(fields=["concerns"], condition=Q(state="closed"), name="filing_closed_officials"),
            models.Index(fields=["clock_on", "id"], name="filing_by_urgency"),
            models.Index(fields=["-decided_at", "-id"], condition=Q(state="accepted"), name="filing_decided"),
            # What the clock reminds of.
            models.Index(fields=["due_on", "id"], condition=Q(state="due"), name="filing_due_by_day"),
            models.Index(fields=["decided_at", "id"], condition=Q(state="returned"), name="filing_returned_by_day"),
            models.Index(
                fields=["review_due_on", "id"],
                condition=Q(state__in=states.WITH_AUTHORITY),
                name="filing_with_authority_by_day",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "authority"], condition=Q(state__in=OPEN), name="one_open_filing_per_authority"
            ),
            models.UniqueConstraint(
                fields=["agreement", "authority"],
                condition=Q(state="accepted"),
                name="one_accepted_filing_per_authority",
            ),
            models.UniqueConstraint(fields=["agreement", "authority", "round"], name="filing_round"),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="filing_number"),
            models.CheckConstraint(
                condition=Q(state="accepted", decided_at__isnull=False, decided_by__isnull=False) & ~Q(number="")
                | ~Q(state="accepted") & Q(number=""),
                name="numbered_exactly_when_accepted",
            ),
            models.CheckConstraint(
                condition=Q(state="returned", decided_at__isnull=False) & ~Q(reasons="")
                | ~Q(state="returned") & Q(reasons=""),
                name="reasons_exactly_when_returned",
            ),
            models.CheckConstraint(
                condition=Q(state__in=NEVER_SUBMITTED, submitted_at__isnull=True)
                | ~Q(state__in=NEVER_SUBMITTED) & Q(submitted_at__isnull=False),
                name="submitted_at_exactly_when_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state="under_review") | Q(taken_up_at__isnull=False, taken_up_by__isnull=False),
                name="under_review_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(review_due_on__isnull=True) | ~Q(state__in=NEVER_SUBMITTED),
                name="review_due_only_when_submitted",
            ),
            models.CheckConstraint(
                condition=Q(correction_due_on__isnull=True) | Q(state="returned"),
                name="correction_due_only_when_returned",
            ),
            models.CheckConstraint(
                condition=Q(round=1, previous__isnull=True) | Q(round__gt=1, previous__isnull=False),
                name="later_rounds_refer_to_the_earlier",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False) & ~Q(closing_reason="")
                | ~Q(state="closed") & Q(closed_at__isnull=True, closed_by__isnull=True, closing_reason=""),
                name="closed_by_whom_when_and_why",
            ),
        ]

    if TYPE_CHECKING:
        # Added by `with_clock`.
        is_resubmitted: bool
        is_waived: bool
        is_late: bool
        # Added by `with_hand_ins`, and so by `with_clock`.
        owes_hand_in: bool
        has_hand_in: bool
        handed_in_at: datetime | None

    def __str__(self) -> str:
        return f"{self.agreement} → {self.authority}（{self.get_state_display()}）"

    @property
    def outlives_agreement(self) -> bool:
        """Whether it is still owed although the agreement has ended: the authority may waive it."""
        return self.state in OWED and self.agreement.state in OVER
