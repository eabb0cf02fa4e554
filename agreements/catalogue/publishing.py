"""Publishing a template: a checked body becomes an immutable, numbered version; one whose file is gone is withdrawn."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from agreements import events
from agreements.models import Template, TemplateVersion
from agreements.text.schema import TemplateBody
from audit import log
from regions.models import Region

OF_THE_PLATFORM = ""  # what `loaded_from` says of templates that came with it


@transaction.atomic
def publish(body: TemplateBody, *, loaded_from: str = OF_THE_PLATFORM) -> TemplateVersion:
    """Publish a body as the template's next version, unless its newest version already says the same.

    Returns the version that is now the newest, fresh or not. A text that returns to an earlier wording is a new
    version too: the newest is the one in use. Raises Region.DoesNotExist when the body's region is not loaded.
    """
    region = Region.objects.get(code=body.region)
    template, _ = Template.objects.get_or_create(
        slug=body.slug, defaults={"region": region, "loaded_from": loaded_from}
    )
    # Two loaders take turns here; the unique number is the last word.
    template = Template.objects.select_for_update(no_key=True).get(pk=template.pk)
    if template.withdrawn_on is not None:
        _restore(template)
    if template.loaded_from != loaded_from:
        template.loaded_from = loaded_from
        template.save(update_fields=["loaded_from"])
    newest = template.versions.order_by("-number").first()
    if newest and newest.digest == body.digest:
        return newest
    if template.region_id != region.pk:
        template.region = region
        template.save(update_fields=["region"])
    return _add_version(template, body)


@transaction.atomic
def withdraw_missing(there: Collection[str], *, loaded_from: str, on: date | None = None) -> list[Template]:
    """Withdraw, from a day on (default: today), every template loaded from a folder that no longer has its file.

    `there` are the names of all files of the folder without .yaml, bad ones too. Agreements on a withdrawn template
    stay as they are.
    """
    day = on or timezone.localdate()
    gone = Template.objects.select_for_update(no_key=True).filter(loaded_from=loaded_from, withdrawn_on__isnull=True)
    withdrawn = list(gone.exclude(slug__in=there).order_by("pk"))
    for template in withdrawn:
        template.withdrawn_on = day
        template.save(update_fields=["withdrawn_on"])
        log.append(events.TemplateWithdrawn(slug=template.slug, on=day), by=None, subject=template)
    return withdrawn


def _restore(template: Template) -> None:
    template.withdrawn_on = None
    template.save(update_fields=["withdrawn_on"])
    log.append(events.TemplateRestored(slug=template.slug), by=None, subject=template)


def _add_version(template: Template, body: TemplateBody) -> TemplateVersion:
    last = template.versions.aggregate(last=Max("number"))["last"] or 0
    version = TemplateVersion.objects.create(
        template=template,
        number=last + 1,
        title=body.title,
        is_official=body.is_official,
        body=body.to_json(),
        digest=body.digest,
    )
    event = events.TemplatePublished(slug=template.slug, number=version.number, digest=version.digest)
    log.append(event, by=None, subject=version)
    return version
