"""What a report of a fault tells: where it happened, and nothing of what people entered.

Django hides the variables that a function has named, in that function and in what it calls. A PIN also lies in the
frames of forms and fields between, which name nothing, so no report shows any variable, field or setting.
"""

from __future__ import annotations

from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class NoValues(SafeExceptionReporterFilter):
    """Hides every value. While DEBUG is on nothing is sent to anybody, and a developer sees the variables."""

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, Any]:
        if not self.is_active(request):
            return super().get_traceback_frame_variables(request, tb_frame)
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        if request is None or not self.is_active(request):
            return super().get_post_parameters(request)
        return dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        if not self.is_active(request):
            return super().get_safe_cookies(request)
        return dict.fromkeys(request.COOKIES, self.cleansed_substitute)

    def get_safe_settings(self) -> dict[str, Any]:
        """Return none: addresses of servers hold passwords under names that tell nothing of it."""
        return super().get_safe_settings() if not self.is_active(None) else {}
