"""How often one account, and one address with a whole office behind it, may do a thing; boundary/rates.py counts."""

LIMITS = {
    "sign-in": {"account": (20, "10 minutes"), "address": (300, "10 minutes")},
    "search": {"account": (120, "1 minute"), "address": (1200, "1 minute")},
    "export": {"account": (60, "10 minutes"), "address": (600, "10 minutes")},  # ordering a list, and fetching its file
    "render": {
        "account": (12, "1 minute"),
        "address": (60, "1 minute"),
    },  # previews, which a worker makes, and letters, made in the request
    "verify": {"address": (120, "1 minute")},  # the public page that a printed code leads to
    # The public page on which a file is shown: a cell opens each.
    "verify-file": {"account": (60, "10 minutes"), "address": (60, "10 minutes")},
    "asked": {"address": (1200, "10 minutes")},  # how far an application is: its page asks every two seconds
    "apply": {"account": (30, "1 hour"), "address": (60, "1 hour")},  # the public form of applying
    # Opening one's invitation and being confirmed: a county that is trained in one room does it behind one address.
    "join": {"account": (120, "1 hour"), "address": (1200, "1 hour")},
}


def rate_limits(factor: int) -> dict[str, dict[str, str]]:
    """Return the setting RATE_LIMITS: for each thing and whose count, a limit as the library `limits` reads it."""
    return {
        what: {whose: f"{number * factor} per {window}" for whose, (number, window) in by.items()}
        for what, by in LIMITS.items()
    }
