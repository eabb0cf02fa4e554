"""核验导出的日志。 The rules of the log's chain, and their check without the platform."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64  # stands before the first entry of every chain

Record = Mapping[str, Any]


def canonical(value: object) -> bytes:
    """Return the one spelling of JSON that is hashed: keys sorted, no spaces, UTF-8, nothing escaped needlessly."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def digest(record: Record) -> str:
    """Return the SHA-256 over everything in the record but its own `hash`, in hexadecimal."""
    return hashlib.sha256(canonical({key: value for key, value in record.items() if key != "hash"})).hexdigest()
