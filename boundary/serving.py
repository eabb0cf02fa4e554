"""Giving out stored files: by the proxy, by a short-lived signed address of the bucket, or streamed by us.

The view has decided that the person may have the file, and has logged it, before it calls `served`.
"""

from __future__ import annotations

from typing import BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.debug import sensitive_variables

from boundary.headers import KEPT_NOWHERE

# Where the proxy looks when we answer with X-Accel-Redirect; nobody outside can ask for it (docs/operations.md).
PROXY_PLACE = "/_files/"
SIGNED_SECONDS = 60  # long enough for a slow computer to follow the redirect, too short to pass the address on
# A file does nothing in the browser. A sandboxed PDF is not shown at all by Chromium, so one in our frame may be drawn.
ALONE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
FRAMED_POLICY = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"


def served(file: FieldFile, *, name: str, content_type: str, framed: bool = False) -> HttpResponseBase:
    """Answer with a stored file under a name of ours, as a download.

    `framed` shows it inside a page of ours instead. `content_type` is what we found the file to be, never what an
    uploader said. Raises FileNotFoundError when the row is there and the file is not.
    """
    if settings.S3_BUCKET and not framed:
        return _signed(file, name, content_type)
    if settings.FILES_BY_PROXY:
        response: HttpResponseBase = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = PROXY_PLACE + quote(str(file.name))
        response["Content-Disposition"] = disposition(name, framed=framed)
    else:
        response = FileResponse(file.open("rb"), as_attachment=not framed, filename=name, content_type=content_type)
        response["Content-Disposition"] = disposition(name, framed=framed)
    return guarded(response, framed=framed)


def attached(content: BinaryIO, *, name: str, content_type: str) -> HttpResponseBase:
    """Answer with a file that was made for this request, such as a ledger, as a download."""
    response = FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
    response["Content-Disposition"] = disposition(name)
    return guarded(response)


def guarded(response: HttpResponseBase, *, framed: bool = False) -> HttpResponseBase:
    """Give an answer that is a file the headers of one: kept nowhere, guessed at by no browser, framed by us only."""
    response["Cache-Control"] = KEPT_NOWHERE
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN" if framed else "DENY"
    response["Content-Security-Policy"] = FRAMED_POLICY if framed else ALONE_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def disposition(name: str, *, framed: bool = False) -> str:
    """Return the header's value for any name: Chinese by RFC 5987, and nothing that could begin another header."""
    plain = name.replace("/", "-").replace("\\", "-").replace('"', "")
    safe = "".join(char for char in plain if char.isprintable())
    return content_disposition_header(as_attachment=not framed, filename=safe or "file") or "attachment"


@sensitive_variables()
def _signed(file: FieldFile, name: str, content_type: str) -> HttpResponseBase:
    """Lead to the bucket. The bucket answers with our headers, because they are part of what is signed."""
    asked = {
        "ResponseContentDisposition": disposition(name),
        "ResponseContentType": content_type,
        "ResponseCacheControl": KEPT_NOWHERE,
    }
    url = file.storage.url(file.name, parameters=asked, expire=SIGNED_SECONDS)  # type: ignore[call-arg]  # S3Storage's own
    response = HttpResponseRedirect(url)
    response["Cache-Control"] = KEPT_NOWHERE
    response["Referrer-Policy"] = "no-referrer"
    return response
