from agreements.models.agreement import Agreement
from agreements.models.rendition import Counterpart, Rendition
from agreements.models.template import Template, TemplateVersion

__all__ = ["Agreement", "Counterpart", "Rendition", "Template", "TemplateVersion"]
