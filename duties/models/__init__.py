from duties.models.introduction import Introduction
from duties.models.invitation import Invitation
from duties.models.request import AdministratorRequest

__all__ = ["AdministratorRequest", "Introduction", "Invitation"]
