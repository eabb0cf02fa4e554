"""Made-up schemes, each with the made-up document that it cites beside it: the loader reads both."""

import hashlib
from pathlib import Path

import yaml

from regions.scheme_files import quotes_in

NO_DIGEST = "0" * 64


def write_scheme(folder: Path, text: str, name: str = "made-up") -> Path:
    """Write a scheme's file, and a document with its title, its number and every sentence it quotes.

    Returns the scheme's path. The digest in `text` may be NO_DIGEST; that of the document is put in its place.
    """
    content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- our own text, and every value as it stands
    said = [content["title"], content["document_number"], *(quote for _, quote in quotes_in(content))]
    document = folder / "made-up.txt"
    document.write_text("\n".join(said), encoding="utf-8")
    path = folder / f"{name}.yaml"
    path.write_text(text.replace(NO_DIGEST, hashlib.sha256(document.read_bytes()).hexdigest()), encoding="utf-8")
    return path
