"""The catalogue to read: which templates there are, where they come from and what they say."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from agreements.models import TemplateVersion
from agreements.text.filling import fill
from boundary.paths import asked_key


@require_GET
def template_list(request: PersonRequest) -> HttpResponse:
    versions = TemplateVersion.objects.latest_of_each().select_related("template__region")
    ordered = sorted(versions, key=lambda version: (version.template.region.code, version.template.slug))
    return render(request, "agreements/template_list.html", {"versions": ordered})


@require_GET
def template_detail(request: PersonRequest, slug: str) -> HttpResponse:
    """One version, the newest unless the address asks for another: agreements keep theirs for ever."""
    versions = TemplateVersion.objects.filter(template__slug=slug).select_related("template__region")
    wanted = asked_key(request.GET.get("version", ""))
    if wanted is not None:
        version = get_object_or_404(versions, number=wanted)
    else:
        version = get_object_or_404(versions.order_by("-number")[:1])
    body = version.parsed
    text = fill(body, {})
    context = {
        "version": version,
        "body": body,
        "text": text,
        "noted": [(line, block.notes) for line, block in zip(text.lines, body.blocks, strict=True) if block.notes],
        "others": versions.exclude(pk=version.pk).order_by("-number"),
    }
    return render(request, "agreements/template_detail.html", context)
