"""Tells WeasyPrint's fonts of the cuts. Like justification.py it knows the inside: pinned to 70.0."""

from __future__ import annotations

from html import escape
from pathlib import Path

from weasyprint.text.ffi import ffi, fontconfig, pangoft2
from weasyprint.text.fonts import FontConfiguration

from agreements.documents.cut_fonts import CUTS

COMPLAIN = 1  # fontconfig's word for true: of XML that it cannot read


def with_cuts(fonts: FontConfiguration, folder: Path) -> FontConfiguration:
    """Add the cuts that lie in a folder, each under the name of its family, and return the same fonts.

    Unlike `@font-face` no copy is made and no temporary folder. Where a cut is missing, the style sheets' next family
    is the system's whole font.
    """
    for cut in CUTS:
        path = folder / cut.name
        if path.is_file():
            fontconfig.FcConfigParseAndLoadFromMemory(fonts._config, _named(path, cut.family), COMPLAIN)
            fontconfig.FcConfigAppFontAddFile(fonts._config, str(path).encode())
    pangoft2.pango_fc_font_map_config_changed(ffi.cast("PangoFcFontMap *", fonts.font_map))
    return fonts


def _named(path: Path, family: str) -> bytes:
    """Return fontconfig's words for the file's family, beside the names that it has: replaced, Pango loses the font."""
    return f"""<fontconfig>
  <match target="scan">
    <test name="file" compare="eq"><string>{escape(str(path))}</string></test>
    <edit name="family" mode="prepend"><string>{family}</string></edit>
  </match>
</fontconfig>""".encode()
