"""The wizard's forms. Each turns one page of answers into changes of the draft row; saving is `saving.save_step`."""

from agreements.drafting.forms.choices import PartnerForm, TemplateForm
from agreements.drafting.forms.contacts import ContactsForm
from agreements.drafting.forms.step import StepForm
from agreements.drafting.forms.terms import ClauseGroup, TermsForm

__all__ = ["ClauseGroup", "ContactsForm", "PartnerForm", "StepForm", "TemplateForm", "TermsForm"]
