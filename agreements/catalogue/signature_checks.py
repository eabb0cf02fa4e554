"""Whether the signature block of a template has its lines and its seals where the text asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agreements.catalogue.mistake import ROLES, Mistake
from agreements.text.schema import Effectiveness, SignatureParty, TemplateBody

ASKS_FOR_A_SEAL = re.compile("盖章|签章|公章")


def signature_mistakes(body: TemplateBody) -> Iterator[Mistake]:
    """Yield what does not fit in the signature block: whose lines, and where the seals go."""
    parties = body.signature.parties
    if {party.role for party in parties} != set(ROLES):
        yield ("signature", "parties"), "双方各有一个签署栏：一个 role: elder_care，一个 role: medical"
    for index, party in enumerate(parties):
        if message := _seal_line(party):
            yield ("signature", "parties", index, "seal_line"), message
    yield from _shared_seal(body)
    if body.effectiveness is Effectiveness.BOTH_SIGNATURES:
        return
    for index, party in enumerate(parties):
        if not party.seal:
            yield ("signature", "parties", index, "seal"), "盖章生效的范本，双方签署栏都要有盖章处（seal: true）"


def _shared_seal(body: TemplateBody) -> Iterator[Mistake]:
    """A witness's seal needs its room as the parties' do."""
    lines, sealed = body.signature.shared_lines, body.signature.shared_seal_line
    asking = [n for n, line in enumerate(lines, 1) if ASKS_FOR_A_SEAL.search(line.text + line.prompt)]
    if sealed > len(lines):
        yield (
            ("signature", "shared_seal_line"),
            f"共用的签署行有 {len(lines)} 行，没有第 {sealed} 行，请改",
        )
    elif len(asking) > 1:
        yield ("signature", "shared_lines", asking[1] - 1), "共用的签署行里只能有一处盖章，请删去一处"
    elif asking and sealed != asking[0]:
        yield (
            ("signature", "shared_lines", asking[0] - 1),
            f"这一行要盖章，须留出盖章的地方：请在 signature 里写 shared_seal_line: {asking[0]}",
        )


def _seal_line(party: SignatureParty) -> str:
    """Return what is wrong with where the seal goes; "" when nothing is."""
    asking = [n for n, line in enumerate(party.lines, 1) if ASKS_FOR_A_SEAL.search(line.text + line.prompt)]
    if not party.seal:
        return "没有盖章处（seal: false），不能写 seal_line，请删去" if party.seal_line > 1 else ""
    if party.seal_line > len(party.lines):
        return f"签署栏只有 {len(party.lines)} 行，没有第 {party.seal_line} 行，请改 seal_line"
    if asking and party.seal_line not in asking:
        return f"章应当盖在写明盖章的第 {'、'.join(map(str, asking))} 行，而不是第 {party.seal_line} 行，请改 seal_line"
    return ""
