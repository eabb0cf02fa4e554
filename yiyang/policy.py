"""What a page of ours may load, frame and lead to, for django-csp."""

from typing import Any


def content_policy(*, forms_lead_to: list[str], https: bool, reports_to: str) -> dict[str, Any]:
    """Return the setting CONTENT_SECURITY_POLICY.

    Scripts and styles are files of ours: no inline ones, so that what somebody typed never runs. `forms_lead_to` are
    origins besides our own; `reports_to` is where browsers tell of what they refused, "" for nowhere.
    """
    return {
        "DIRECTIVES": {
            "default-src": ["'self'"],
            "img-src": ["'self'", "data:"],  # Bootstrap's arrows and ticks
            "object-src": ["'none'"],
            "base-uri": ["'none'"],
            "form-action": ["'self'", *forms_lead_to],
            "frame-src": ["'self'"],  # the copy beside the text
            "frame-ancestors": ["'none'"],
            **({"upgrade-insecure-requests": True} if https else {}),
            **({"report-uri": reports_to} if reports_to else {}),
        }
    }
