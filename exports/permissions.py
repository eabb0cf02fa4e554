"""Whose an export is. Views get theirs from here and nowhere else."""

from django.db.models import QuerySet

from accounts.models import User
from exports.models import Export
from frame.guards import Addressed


def own(user: User) -> QuerySet[Export]:
    return Export.objects.visible_to(user)


with_export = Addressed(own).guard()
