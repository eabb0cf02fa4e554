"""Form fields for files. What a file is, its content says (uploads.py), not its name and not these fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

# What a browser's file dialog offers: the kinds that uploads.look_at takes.
ACCEPTED = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One file or several, as a list; none only where the field is not required."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = [each for each in data or [] if isinstance(each, UploadedFile)]
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files
