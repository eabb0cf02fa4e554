"""A trial seal: a small file that is sealed in memory and checked, so that nobody begins what cannot be finished."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from functools import cache

from asn1crypto import cms as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pikepdf import Array, Dictionary, Name, Pdf, PdfError, String

from sealing.pades.edges import SEAL, at_the_edge, slices
from sealing.pades.hands import CannotSign, Hand, KeyHand
from sealing.pades.looks import MM, Appearance
from sealing.pades.pictures import Picture
from sealing.pades.revision import Revision, Unreadable
from sealing.pades.signing import Signing, sign

A4 = (210 * MM, 297 * MM)
PAGES = 2
SIDE = 8  # dots of the trial's seal


class TrialFailed(Exception):
    """The trial seal does not hold. The message says why, in Chinese."""


def try_out(hand: Hand | None = None) -> None:
    """Seal a small file with a hand, or with a key made for it, and check it. Raises TrialFailed."""
    tried = hand or passing_hand()
    try:
        _check(_signed(tried), tried)
    except (CannotSign, InvalidSignature, Unreadable, PdfError, LookupError, OSError, TypeError, ValueError) as fault:
        raise TrialFailed(f"试签没有成功：{str(fault) or '签名无效'}") from fault


@cache
def why_closed() -> str:
    """Return why nothing can be signed electronically by this process, "" while it can: tried once."""
    try:
        try_out()
    except TrialFailed as fault:
        return f"电子签约暂时关闭。{fault}。可以改用纸质签章。"
    return ""


def prepared() -> bytes:
    """Return a file of two blank pages with the places of one party, as a frozen copy has them."""
    with Pdf.new() as pdf:
        fields = []
        for number, slice_ in enumerate(slices(PAGES)):
            page = pdf.add_blank_page(page_size=A4).obj
            page.Annots = pdf.make_indirect(Array())
            box = at_the_edge((0, 0, *A4), 0, slice_, bottom=100, unit=MM)
            nothing = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
            edge = Dictionary(T=String(f"edge-trial-{number + 1:03}"), FT=Name.Btn, Ff=1, V=Name.Off, AS=Name.Off)
            edge.AP = Dictionary(N=Dictionary(Off=nothing))
            fields.append((page, edge, box))
        seal = Dictionary(T=String("seal-trial"), FT=Name.Sig)
        fields.append((pdf.pages[0].obj, seal, (100, 100, 100 + SEAL * MM, 100 + SEAL * MM)))
        widgets = []
        for page, field, box in fields:
            field.Type, field.Subtype, field.F, field.P = Name.Annot, Name.Widget, 4, page
            field.Rect = Array([round(edge, 3) for edge in box])
            widgets.append(pdf.make_indirect(field))
            page.Annots.append(widgets[-1])
        pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array(widgets)))
        output = io.BytesIO()
        pdf.save(output, deterministic_id=True)
    return output.getvalue()


def passing_hand() -> KeyHand:
    """Return a hand whose key nobody keeps."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "试签")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = builder.not_valid_before(now).not_valid_after(now + dt.timedelta(minutes=5)).sign(key, hashes.SHA256())
    return KeyHand(made.public_bytes(serialization.Encoding.DER), (), key)


def _signed(hand: Hand) -> bytes:
    dots = SIDE * SIDE
    seal = Picture(SIDE, SIDE, b"\xc8\0\0" * dots, b"\x80" * dots)
    signing = Signing("trial", "试签", "试签", dt.datetime.now(dt.UTC), Appearance(seal=seal))
    return sign(prepared(), signing, hand).content


def _check(content: bytes, hand: Hand) -> None:
    """Check that the signature is over all but itself, and the certificate's own."""
    with Revision(content) as revision:
        value = revision.fields["seal-trial"].V
        start, upto, after, rest = (int(each) for each in value.ByteRange)
        signed, held = content[:upto] + content[after:], bytes(value.Contents)
        edges = [field for name, field in revision.fields.items() if name.startswith("edge-")]
        if (start, after + rest) != (0, len(content)) or any(Name.Sealed != field.AS for field in edges):
            raise TrialFailed("试签没有成功：签出的文件不完整")
    signer = asn1.ContentInfo.load(held)["content"]["signer_infos"][0]
    said = {each["type"].native: each["values"][0].native for each in signer["signed_attrs"]}
    if said["message_digest"] != hashlib.sha256(signed).digest():
        raise TrialFailed("试签没有成功：签名与文件不符")
    public = x509.load_der_x509_certificate(hand.certificate).public_key()
    over, given = signer["signed_attrs"].untag().dump(), signer["signature"].native
    if isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(given, over, ec.ECDSA(hashes.SHA256()))
    elif isinstance(public, rsa.RSAPublicKey):
        public.verify(given, over, padding.PKCS1v15(), hashes.SHA256())
    else:
        raise TrialFailed("试签没有成功：不认识这种证书的密钥")
