from agreements.models.agreement import Agreement, AgreementKind
from agreements.models.approval import Approval
from agreements.models.frozen import FrozenText
from agreements.models.issued_file import IssuedFile
from agreements.models.preview import Preview
from agreements.models.reading import HowRead, ReadBlanks, ReadTemplate
from agreements.models.rendition import Counterpart, Rendition
from agreements.models.round import Round
from agreements.models.scan import Scan
from agreements.models.scan_page import PageTick, ScanPage
from agreements.models.signature import Signature
from agreements.models.signing_batch import SigningBatch, SigningItem
from agreements.models.signing_window import ShownPage, SigningWindow
from agreements.models.template import Template, TemplateVersion

__all__ = [
    "Agreement",
    "AgreementKind",
    "Approval",
    "Counterpart",
    "FrozenText",
    "HowRead",
    "IssuedFile",
    "PageTick",
    "Preview",
    "ReadBlanks",
    "ReadTemplate",
    "Rendition",
    "Round",
    "Scan",
    "ScanPage",
    "ShownPage",
    "Signature",
    "SigningBatch",
    "SigningItem",
    "SigningWindow",
    "Template",
    "TemplateVersion",
]
