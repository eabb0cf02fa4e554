"""What an operator is told when something cannot go on."""

import errno
import sys
from collections.abc import Callable


class Problem(Exception):
    """One clear Chinese sentence with the cure. Shown without a stack."""


def full_disk(place: object) -> Problem:
    """Return what to say when the disk that holds `place` is full."""
    return Problem(f"磁盘空间不足：{place} 所在的磁盘已写满。请清理出至少 1 GB 空间后重试（用 df -h 查看）。")


def answer(run: Callable[[], int]) -> int:
    """Run a command's main function and return its exit code; a Problem or a full disk becomes one sentence."""
    try:
        return run()
    except Problem as problem:
        print(f"错误：{problem}", file=sys.stderr)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        print(f"错误：{full_disk(error.filename or '数据目录')}", file=sys.stderr)
    return 1
