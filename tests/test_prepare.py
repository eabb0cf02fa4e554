"""A start looks before it changes anything."""

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from yiyang.prepare import refuse_another_history


@pytest.mark.usefixtures("owner")
@pytest.mark.django_db
def test_a_database_of_another_history_is_named_with_the_cure_and_left_alone() -> None:
    refuse_another_history()
    recorder = MigrationRecorder(connection)
    recorder.record_applied("institutions", "0008_survey_and_eligibility")
    before = recorder.applied_migrations().keys()
    with pytest.raises(CommandError, match=r"institutions\.0008_survey_and_eligibility") as refusal:
        refuse_another_history()
    assert "mv var var-old" in str(refusal.value)
    assert "没有改动任何数据" in str(refusal.value)
    assert recorder.applied_migrations().keys() == before
