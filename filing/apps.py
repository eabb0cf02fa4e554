from django.apps import AppConfig


class FilingConfig(AppConfig):
    name = "filing"
    verbose_name = "备案"

    def ready(self) -> None:
        """Fill the sockets of the apps below. Imported here: models are not there before."""
        from agreements import sockets
        from duties import sockets as of_people
        from exports.sockets import LISTS
        from filing import history, ledger, lifecycle, marks, opening, panels, rescans, supplementary
        from institutions import sockets as of_institutions

        of_people.WITHOUT_BUREAU.fill(opening.without_bureau)
        of_institutions.RESTS_WITH.fill(opening.resting)
        sockets.ON_FORCE.fill(opening.open_filings)
        sockets.ON_END.fill(lifecycle.carry_on)
        sockets.NOTES_ON_FORCE.fill(opening.notes)
        sockets.RESCANS.fill(rescans.wanted)
        sockets.RESCANS_WHERE.fill(rescans.where_wanted)
        sockets.ON_RESCANNED.fill(supplementary.follow_new_scans)
        sockets.LEDGER_COLUMNS.fill(ledger.OF_AGREEMENTS)
        LISTS.fill(ledger.LISTED)
        sockets.FILED.fill(marks.filed)
        sockets.TOLD.fill(history.told)
        sockets.PANELS.fill(panels.filings)
