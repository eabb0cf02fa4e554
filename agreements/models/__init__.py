from agreements.models.agreement import Agreement, AgreementKind
from agreements.models.rendition import Counterpart, Rendition
from agreements.models.scan import Scan
from agreements.models.template import Template, TemplateVersion

__all__ = ["Agreement", "AgreementKind", "Counterpart", "Rendition", "Scan", "Template", "TemplateVersion"]
