"""The public page on which anybody shows a PDF and is told what it is. Nothing of it is kept but that it was asked."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from agreements import events
from agreements.documents.verdicts import Verdict, verdict_on
from audit.log import append
from boundary.cell.asking import Patience
from boundary.rates import POSTS, limited
from boundary.turns import in_turn

LARGEST = 20 * 1024 * 1024  # bytes: a signed copy of forty pages has half a megabyte
# A person waits: for a cell, and for its work, which takes a second on a signed copy of forty pages.
PATIENCE = Patience(for_a_slot=5.0, for_the_work=20.0)
TOO_LARGE = f"文件超过 {LARGEST // 1024 // 1024} 兆。签章后的协议文件一般不到 1 兆，请确认选择的是不是协议的 PDF 文件。"
EMPTY = "文件是空的，请重新选择。"


class VerifyForm(forms.Form):
    """One file, looked at once."""

    file = forms.FileField(
        label="协议的 PDF 文件",
        allow_empty_file=True,
        error_messages={"required": "请选择要核验的 PDF 文件。"},
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if not file.size:
            raise forms.ValidationError(EMPTY)
        if file.size > LARGEST:
            raise forms.ValidationError(TOO_LARGE)
        return file


@require_http_methods(["GET", "POST"])
@login_not_required
@limited("verify-file", methods=POSTS)
@in_turn(POSTS)
def verify_file(request: HttpRequest) -> HttpResponse:
    """Show the form, and of a file what it is."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    verdict = None
    if request.method == "POST" and form.is_valid():
        verdict = _looked_at(form.cleaned_data["file"])
        asked = events.FileVerified(verdict=verdict.words, sha256=verdict.sha256)
        append(asked, by=request.user if isinstance(request.user, User) else None, subject=None)
    return render(request, "agreements/verify_file.html", {"form": form, "verdict": verdict})


def _looked_at(file: UploadedFile[bytes]) -> Verdict:
    """Let a cell look at a file that lies there for as long as that takes."""
    with TemporaryDirectory(prefix="yiyang-shown-") as folder:
        path = Path(folder) / "shown.pdf"
        with path.open("wb") as shown:
            for piece in file.chunks():
                shown.write(piece)
        return verdict_on(path, patience=PATIENCE)
