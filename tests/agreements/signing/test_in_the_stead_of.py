"""In whose stead somebody signs: another person than the text names, not another way of writing the same name."""

import pytest

from accounts.models import User
from agreements.lifecycle.electronic import on_behalf_of
from agreements.models import Agreement
from institutions.models import Role


@pytest.mark.parametrize(
    ("named", "own", "words"),
    [
        ("柏喆", "柏喆", ""),
        ("柏 喆", "柏喆", ""),
        ("柏\u3000喆", "柏喆", ""),
        ("阿依古丽•买买提", "阿依古丽·买买提", ""),
        ("", "柏喆", ""),
        ("柏\u3000晴", "柏喆", "柏喆代柏晴签"),
        ("阿依古丽・买买提", "柏喆", "柏喆代阿依古丽·买买提签"),
    ],
)
def test_a_name_written_otherwise_is_nobody_else_s(named: str, own: str, words: str) -> None:
    row = Agreement(contacts={"medical": {"signatory_name": named}})
    assert on_behalf_of(row, Role.MEDICAL, User(full_name=own)) == words
