"""Who looks after whom: duties granted and ended, invitations, first administrators, the platform's own people."""
