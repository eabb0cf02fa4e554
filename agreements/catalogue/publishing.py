"""Publishing a template: a checked body becomes an immutable, numbered version."""

from django.db import transaction
from django.db.models import Max

from agreements import events
from agreements.models import Template, TemplateVersion
from agreements.text.schema import TemplateBody
from audit import log
from regions.models import Region


@transaction.atomic
def publish(body: TemplateBody) -> TemplateVersion:
    """Publish a body as the template's next version, unless its newest version already says the same.

    Returns the version that is now the newest, fresh or not. A text that returns to an earlier wording is a new
    version too: the newest is the one in use. Raises Region.DoesNotExist when the body's region is not loaded.
    """
    region = Region.objects.get(code=body.region)
    template, _ = Template.objects.get_or_create(slug=body.slug, defaults={"region": region})
    # Two loaders take turns here; the unique number is the last word.
    template = Template.objects.select_for_update(no_key=True).get(pk=template.pk)
    newest = template.versions.order_by("-number").first()
    if newest and newest.digest == body.digest:
        return newest
    if template.region_id != region.pk:
        template.region = region
        template.save(update_fields=["region"])
    return _add_version(template, body)


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
