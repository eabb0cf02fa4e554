from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "coverage"
    verbose_name = "覆盖"

    def ready(self) -> None:
        """Fill the sockets of the apps below. Imported here: models are not there before."""
        from coverage.covered import covered_facets
        from coverage.export import LISTED
        from exports.sockets import LISTS
        from institutions.sockets import FACETS

        FACETS.fill(covered_facets)
        LISTS.fill(LISTED)
