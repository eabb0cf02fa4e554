from duties.models.invitation import Invitation
from duties.models.request import AdministratorRequest

__all__ = ["AdministratorRequest", "Invitation"]
