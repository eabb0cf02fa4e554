"""Every copy is PDF/A-2a and PDF/UA-1 at once, with the fields for both signatures; the print file is PDF/A-2u."""

import io

import pikepdf
import pytest
from pikepdf import Name, Object, Pdf

from agreements.documents.press import copies_of, preview_pdf
from tests.agreements.documents import judging, papers

SLUG = "shaoxing-2024-consortium"
ROLES = ("medical", "elder_care")
FIELDS = [("seal", ""), ("line", "-beside"), ("line", "-day")]  # that a party fills at its lines


@pytest.mark.parametrize("slug", sorted(papers.bodies()))
@pytest.mark.parametrize("is_filled", [False, True], ids=["blank", "filled"])
def test_a_copy_conforms_and_its_tags_agree(slug: str, *, is_filled: bool) -> None:
    made = papers.made(slug, is_filled=is_filled)
    pdf = made.copies[1].content
    assert judging.failures(pdf, *judging.ACCESSIBLE) == []
    assert judging.disagreements(pdf) == []
    assert judging.failures(made.print_file.content, *judging.FOR_PAPER) == []


def test_forty_pages_conform() -> None:
    pdf = preview_pdf(papers.paper(papers.long_text(107)))
    assert papers.page_count(pdf) == 40
    assert judging.failures(pdf, *judging.ACCESSIBLE) == []
    assert judging.disagreements(pdf) == []


def test_the_judges_see_what_is_wrong() -> None:
    good = papers.made(SLUG, is_filled=True).copies[0].content
    with Pdf.open(io.BytesIO(good)) as opened:
        rows = opened.Root.StructTreeRoot.ParentTree.Nums
        rows[1], rows[3] = rows[3], rows[1]
        assert judging.disagreements(saved(opened))
    with Pdf.open(io.BytesIO(good)) as opened:
        figure = next(kid for kid in opened.Root.StructTreeRoot.K[0].K if Name.Figure == kid.S)
        del figure.Alt
        assert judging.failures(saved(opened), "ua1")


def test_the_structure_says_what_each_thing_is() -> None:
    with Pdf.open(io.BytesIO(papers.made(SLUG, is_filled=True).copies[0].content)) as opened:
        kinds = [str(element.S)[1:] for element in elements(opened.Root.StructTreeRoot.K[0])]
        assert {"Document", "H1", "P", "L", "LI", "LBody", "Sect", "Figure", "Form"} <= set(kinds)
        assert kinds.count("H1") == 1
        assert kinds[:4] == ["Document", "P", "Figure", "Div"], "the label and the code are said once, first"
        assert str(opened.Root.Lang) == "zh-CN"
        assert opened.Root.ViewerPreferences.DisplayDocTitle


def test_fields_for_both_parties_stand_in_the_final_text_only() -> None:
    text = papers.long_text(6)
    with Pdf.open(io.BytesIO(copies_of(papers.paper(text)).copies[0].content)) as final:
        pages = len(final.pages)
        names = [str(field.T) for field in final.Root.AcroForm.Fields]
        edges = [f"edge-{role}-{number + 1:03}" for role in ROLES for number in range(pages)]
        times = [f"time-{number}" for number in range(1, 5)]
        signed = [f"{kind}-{role}{rest}" for role in ROLES for kind, rest in FIELDS]
        assert names == [*signed, *edges, *times]
        assert not any(a != b and b.startswith(a) for a in names for b in names), "FieldMDP compares by prefix"
        for field in final.Root.AcroForm.Fields:
            assert field.TU
            assert field.P.objgen in {page.obj.objgen for page in final.pages}
    with Pdf.open(io.BytesIO(preview_pdf(papers.paper(text, is_draft=True)))) as draft:
        assert "/AcroForm" not in draft.Root


@pytest.mark.parametrize("slug", sorted(papers.bodies()))
def test_the_places_of_the_seals_are_clear_and_those_of_the_fields(slug: str) -> None:
    made = papers.made(slug, is_filled=True)
    seals = {area.role: area for area in made.areas if area.kind == "seal"}
    assert len(seals) == (0 if slug == "wuzhong-2022" else 2)
    blocks = [area for area in made.areas if area.kind == "block"]
    assert {area.role for area in blocks} >= {"medical", "elder_care"}
    images = list(papers.page_images(made.copies[0].content, dpi=127))  # five pixels a millimetre
    with Pdf.open(io.BytesIO(made.copies[0].content)) as opened:
        rects = {str(field.T): [float(edge) for edge in field.Rect] for field in opened.Root.AcroForm.Fields}
    for role, area in seals.items():
        box = (area.left, area.top, area.left + 42, area.top + 42)
        x, y, x2, y2 = (round(edge * 5) for edge in box)
        clear = images[area.page - 1].convert("L").crop((x, y, x2, y2))
        assert clear.getextrema() == (255, 255)
        left, bottom, right, top = (edge / papers.POINTS for edge in rects[f"seal-{role}"])
        assert (left, 297 - top, right, 297 - bottom) == pytest.approx(box, abs=0.02)
        assert box[2] <= 184
        assert box[3] <= 262


def elements(element: Object) -> list[Object]:
    below = element.get("/K", pikepdf.Array())
    kids = list(below) if isinstance(below, pikepdf.Array) else []
    return [element, *(e for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid for e in elements(kid))]


def saved(opened: Pdf) -> bytes:
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()
