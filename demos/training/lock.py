"""One training a run folder: a second one would write over the checkpoints of the first.

The lock is the operating system's, on an open file. It ends with the process that holds it, also when that
is killed, so that no stale lock ever has to be recognised or removed by hand.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demos.errors import UserError

LOCK = ".lock"

if os.name == "nt":
    import msvcrt

    def _take(file: int) -> bool:
        os.lseek(file, 1 << 30, os.SEEK_SET)  # far behind the number, which others must be able to read
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a network drive without locks: as good as before there were any
            return True
        return True


@contextmanager
def run_lock(run: Path) -> Iterator[None]:
    """Hold a run folder for as long as its training lasts.

    Raises:
        UserError: another training holds it, or the folder cannot be written.
    """
    try:
        run.mkdir(parents=True, exist_ok=True)
        file = os.open(run / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UserError(
            f"The run folder {run} cannot be written ({error.strerror}): choose another with --runs."
        ) from error
    try:
        if not _take(file):
            raise UserError(
                f"{run} is being trained already{_holder(file)}: let that training end, stop it, "
                "or choose another folder with --runs."
            )
        os.lseek(file, 0, os.SEEK_SET)
        os.truncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        yield
    finally:
        os.close(file)  # and with it the lock; the file stays, for removing it would let two in


def _holder(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    number = os.read(file, 20).decode("ascii", "replace")
    return f" by process {number}" if number.isdecimal() else ""
