"""How a seal is cut across pages, and where its slices lie on upright, turned and cropped ones."""

import io

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from sealing.pades.edges import MOST_PAGES, NARROWEST, SEAL, Slice, at_the_edge, slices
from sealing.pades.looks import MM
from sealing.pades.signing import sign
from tests.hands import hand, signing


def test_groups_are_even_and_no_slice_is_too_narrow() -> None:
    for pages in range(201):
        cut = slices(pages)
        assert len(cut) == (pages if pages > 1 else 0)
        assert all(each.width >= NARROWEST and each.of >= 2 for each in cut)
        assert [each.number for each in cut] == [n for each in cut if each.number == 0 for n in range(each.of)]
        assert len({each.of for each in cut}) <= 2
        assert all(each.of <= MOST_PAGES for each in cut)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_slice_is_upright_at_the_right_edge_of_what_is_shown(turned: int) -> None:
    """Two cropped pages, turned: seen, both slices are at the right edge, at one height, and upright."""
    content = _sealed(turned)
    places = []
    document = pypdfium2.PdfDocument(content)
    document.init_forms()
    for page in document:
        picture = page.render(scale=2).to_pil().convert("RGB")
        left, top, right, bottom = _red(picture)
        assert right >= picture.width - 3
        places.append((round((picture.height - bottom) / 2), round((picture.height - top) / 2), (right - left) / 2))
    assert places[0][:2] == pytest.approx(places[1][:2], abs=2)
    assert places[0][0] == pytest.approx(60 * MM, abs=4 * MM)  # above the foot of the page as it is seen
    assert all(width == pytest.approx(SEAL / 2 * MM, abs=3) for _, _, width in places)


def _red(picture: object) -> tuple[int, int, int, int]:
    red, green, _ = picture.split()  # type: ignore[attr-defined]  # a picture of Pillow's
    mask = green.point(lambda dot: 255 if dot < 140 else 0)
    box = mask.getbbox()
    assert box is not None
    assert red is not None
    return box  # type: ignore[no-any-return]


def _sealed(turned: int) -> bytes:
    crop = (30.0, 50.0, 500.0, 700.0)
    with Pdf.new() as pdf:
        widgets = []
        for number, slice_ in enumerate(slices(2)):
            page = pdf.add_blank_page(page_size=(595, 842)).obj
            page.CropBox, page.Rotate, page.Annots = Array(crop), turned, Array()
            nothing = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
            edge = Dictionary(T=String(f"edge-medical-{number + 1:03}"), FT=Name.Btn, V=Name.Off, AS=Name.Off)
            edge.AP = Dictionary(N=Dictionary(Off=nothing))
            box = at_the_edge(crop, turned, slice_, bottom=60, unit=MM)
            edge.Rect = Array([round(side, 3) for side in box])
            widgets.append((page, edge))
        field = Dictionary(T=String("seal-medical"), FT=Name.Sig, Rect=Array([0, 0, 10, 10]))
        widgets.append((pdf.pages[0].obj, field))
        fields = []
        for page, widget in widgets:
            widget.Type, widget.Subtype, widget.F, widget.P = Name.Annot, Name.Widget, 4, page
            fields.append(pdf.make_indirect(widget))
            page.Annots.append(fields[-1])
        pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array(fields)))
        output = io.BytesIO()
        pdf.save(output, deterministic_id=True)
    content = sign(output.getvalue(), signing("medical"), hand("medical")).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 2
    return content


def test_a_page_that_is_too_low_has_its_slice_at_the_top() -> None:
    box = at_the_edge((0, 0, 400, 200), 0, Slice(0, 2), bottom=150, unit=MM)
    assert box[3] == pytest.approx(200)
