"""The wizard as a list. Reordering it is moving a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agreements.drafting.forms import ContactsForm, PartnerForm, StepForm, TemplateForm, TermsForm
from agreements.lifecycle.checking import Finding, blocking, findings
from agreements.lifecycle.rounds import was_sent
from agreements.models import Agreement, AgreementKind


@dataclass(frozen=True)
class Step:
    slug: str
    title: str
    form: type[StepForm] | None  # None: the step only shows
    opens: Callable[[Agreement], bool]  # whether what it builds on is there
    applies: Callable[[Agreement], bool] = lambda agreement: True  # whether this agreement has the step at all


STEPS = (
    Step(
        "partner",
        "选择合作机构",
        PartnerForm,
        lambda agreement: True,
        # What is linked keeps the parties; so does what was sent once: rounds and contacts are of that partner.
        lambda agreement: agreement.kind == AgreementKind.ORIGINAL and not was_sent(agreement),
    ),
    Step(
        "template",
        "选择范本",
        TemplateForm,
        lambda agreement: agreement.partner is not None,
        lambda agreement: agreement.kind != AgreementKind.SUPPLEMENT,
    ),
    Step("terms", "填写条款", TermsForm, lambda agreement: agreement.template_version_id is not None),
    Step("contacts", "签约人和联系人", ContactsForm, lambda agreement: agreement.partner is not None),
    Step(
        "check",
        "核对",
        None,
        lambda agreement: agreement.partner is not None and agreement.template_version_id is not None,
    ),
)
BY_SLUG = {step.slug: step for step in STEPS}


@dataclass(frozen=True)
class StepProgress:
    """One step as the head of the page shows it."""

    step: Step
    number: int
    is_now: bool
    is_open: bool
    is_done: bool


def steps_of(agreement: Agreement) -> list[Step]:
    """Return the steps that this agreement has, in order."""
    return [step for step in STEPS if step.applies(agreement)]


def progress_of_steps(agreement: Agreement, now: str, found: Iterable[Finding]) -> list[StepProgress]:
    """Return all steps with how far each is in this draft; `found` are its findings."""
    open_work = {finding.step for finding in blocking(found)}
    return [
        StepProgress(
            step,
            number,
            is_now=step.slug == now,
            is_open=step.opens(agreement),
            is_done=step.form is not None and step.opens(agreement) and step.slug not in open_work,
        )
        for number, step in enumerate(steps_of(agreement), 1)
    ]


def neighbour(agreement: Agreement, slug: str, offset: int) -> str:
    """Return the slug of the step before (-1) or after (+1), or "" at either end."""
    slugs = [step.slug for step in steps_of(agreement)]
    index = slugs.index(slug) + offset
    return slugs[index] if 0 <= index < len(slugs) else ""


def first_unfinished(agreement: Agreement) -> str:
    """Return where to resume: the first step with something missing, else the check."""
    all_steps = progress_of_steps(agreement, "", findings(agreement))
    return next((progress.step.slug for progress in all_steps if progress.is_open and not progress.is_done), "check")


__all__ = ["BY_SLUG", "STEPS", "Finding", "Step", "StepProgress", "first_unfinished", "neighbour", "progress_of_steps"]
