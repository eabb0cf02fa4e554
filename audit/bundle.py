"""The verifier as one file that outsiders run with Python alone: a zip of its modules (PEP 441)."""

import io
import zipfile
from functools import cache
from pathlib import Path

NAME = "verify_log.pyz"
MODULES = Path(__file__).parent / "verifier"
START = "import sys\n\nfrom verify_log.command import main\n\nsys.exit(main(sys.argv[1:]))\n"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same sources give the same bytes


@cache
def verifier() -> bytes:
    """Return the file. Unzipped, it shows the sources."""
    content = io.BytesIO(b"#!/usr/bin/env python3\n")
    content.seek(0, io.SEEK_END)
    with zipfile.ZipFile(content, "a") as bundle:
        bundle.writestr(zipfile.ZipInfo("__main__.py", LONG_AGO), START)
        for module in sorted(MODULES.glob("*.py")):
            bundle.writestr(zipfile.ZipInfo(f"verify_log/{module.name}", LONG_AGO), module.read_bytes())
    return content.getvalue()
