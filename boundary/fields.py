"""Form fields for what somebody writes for others, and for files.

What a file is, its content says (uploads.py), not its name and not these fields.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from boundary.printing import printed
from boundary.texts import TURNING

# What a browser's file dialog offers: the kinds that uploads.look_at takes.
ACCEPTED = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


class WordsField(forms.CharField):
    """Some lines that somebody writes for others to read: a reason, a remark.

    Signs that turn the order of letters are left out and not refused: nobody sees them, they come with a number pasted
    from a telephone. The rest is kept as it was written: nothing is found or compared by it.
    """

    is_taken_as_written = True

    def to_python(self, value: Any) -> Any:
        return super().to_python(TURNING.sub("", str(value)) if value else value)


class PrintedField(forms.CharField):
    """A line that stands on our papers some day: a name, an address, a number. What cannot be printed is refused here,
    where whoever knows the right spelling is, and not at the last step of somebody's agreement.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(printed)  # not as a default: what every text field checks is set only when forms speak


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
