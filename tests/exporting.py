"""Lists taken along, as a person does it: ordered at the list, written by a worker, fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from exports import making
from exports.models import Export

Query = Mapping[str, str | Sequence[str]]


def ordered(client: Client, slug: str, asked: Query | None = None) -> Any:
    """Order a list as its button does, and return the answer."""
    address = reverse("export-order", args=[slug])
    return client.post(f"{address}?{urlencode(asked, doseq=True)}" if asked else address)


def exported(client: Client, slug: str, asked: Query | None = None) -> Any:
    """Order a list, let a worker write it and return the answer with the file; or the refusal of the order."""
    answer = ordered(client, slug, asked)
    if answer.status_code != 302:
        return answer
    export = Export.objects.latest("pk")
    making.make(export.pk)
    return client.get(reverse("export-file", args=[export.pk]))


def content_of(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.status_code
    return b"".join(answer.streaming_content)


def workbook(client: Client, slug: str, asked: Query | None = None) -> Workbook:
    return load_workbook(BytesIO(content_of(exported(client, slug, asked))))
