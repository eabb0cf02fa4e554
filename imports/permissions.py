"""Who imports, and who only looks on. Views get their import from here and nowhere else."""

from django.db.models import QuerySet

from accounts.models import User
from frame.guards import Addressed, only_for
from imports.models import InstitutionImport
from institutions.models import Authority, AuthorityQuerySet, Duty, authorities_of
from institutions.models.duty import OF_AUTHORITIES


def imports_for(user: User) -> AuthorityQuerySet:
    """Return the authorities for whose region the user imports: as reviewer or administrator. Supervisors read."""
    return authorities_of(user, Duty.REVIEWER, Duty.ADMINISTRATOR).answering()


def imports_into(user: User, authority: Authority) -> bool:
    return imports_for(user).filter(pk=authority.pk).exists()


def can_import(user: User) -> bool:
    return imports_for(user).exists()


def reads_imports(user: User) -> bool:
    return authorities_of(user, *OF_AUTHORITIES).exists()


def can_act_on(user: User, run: InstitutionImport) -> bool:
    return imports_for(user).filter(pk=run.authority_id).exists()


def visible(user: User) -> QuerySet[InstitutionImport]:
    """Return the imports of the person's own authorities."""
    return InstitutionImport.objects.visible_to(user).with_people()


IMPORT = Addressed(visible)
with_import = IMPORT.guard()
with_own_import = IMPORT.guard(can_act_on)
for_importers = only_for(can_import)
