"""The hand that signs: bytes of a frozen copy in, the same bytes and one revision more out.

`hands` says what a signer is to us and has two, a key and a token. `signing` puts a party's seal, words and signature
into the fields that were laid at freezing; `timestamps` adds the proof of when; `trial` tries it on a small file.
Below them: `revision` writes what is added to a file, `cms` the signature itself (PAdES), `pictures` what a seal looks
like, `edges` how one is cut across the pages. Nothing here knows a row: whoever calls keeps what comes out.

Written by us and not by pyHanko's writer: a revision holds exactly what `boundary.cell.inside.revisions` allows and not
an object more, and costs a third. Whether it holds is judged by pyHanko and poppler (docs/decisions/0037-verdicts.md).
"""
