"""Which files have changed, as the system tells it; MkDocs itself looks at every file twice a second."""

import os
import threading
import time
from pathlib import PurePath

from mkdocs.plugins import get_plugin_logger
from watchdog import events
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

log = get_plugin_logger("live-models")

# not: that a file was opened or read, as every build does, or that something changed in a folder
_TOLD = [
    events.FileCreatedEvent,
    events.FileModifiedEvent,
    events.FileDeletedEvent,
    events.FileMovedEvent,
    events.DirDeletedEvent,
    events.DirMovedEvent,
]
POLLING_S = 0.5


class Changes:
    """The paths that have changed since somebody asked; filled by one thread and taken by another.

    What appears and is gone again, as when an editor saves, never counts.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._paths: dict[str, bool] = {}  # path -> whether it was there before
        self._last = 0.0
        self._closed = False

    def add(self, path: str, *, new: bool = False) -> None:
        """Note one; `new` if it was not there before."""
        with self._condition:
            self._paths.setdefault(path, not new)
            self._last = time.monotonic()
            self._condition.notify_all()

    def close(self) -> None:
        """Wake up whoever waits, for the last time."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    @property
    def waiting(self) -> bool:
        """Whether there is something to take."""
        with self._condition:
            return self._closed or bool(self._counting())

    def take(self, *, pause: float, timeout: float) -> set[str]:
        """All of them, once there are some and none has been added for `pause` seconds; none after `timeout`."""
        with self._condition:
            if self._condition.wait_for(lambda: self._closed or self._paths, timeout=timeout):
                while not self._closed and (rest := self._last + pause - time.monotonic()) > 0:
                    self._condition.wait(rest)
            found = self._counting()
            self._paths.clear()
            return found

    def _counting(self) -> set[str]:
        return {path for path, was_there in self._paths.items() if was_there or os.path.exists(path)}


class Watcher(events.FileSystemEventHandler):
    """Tells `changes` of everything below the files and folders that it is given.

    Args:
        changes: are told.
        polling: look at the files instead, where the system does not tell of changes.
    """

    def __init__(self, changes: Changes, *, polling: bool = False) -> None:
        self.changes = changes
        self.polling = polling
        self.watched: set[str] = set()
        self.observer: BaseObserver | None = None

    def watch(self, path: str) -> None:
        """Watch a file or a folder with all below."""
        path = os.path.realpath(path)  # a link itself never changes
        self.watched.add(path)
        if self.observer:
            self._schedule(self.observer, path)

    def unwatch(self, path: str) -> None:
        """Watch it no longer."""
        self.watched.discard(os.path.realpath(path))  # events come all the same, and are not passed on

    # --- What MkDocs asks of an observer ---------------------------------------------------------------------

    def start(self) -> None:
        """Begin."""
        try:
            self._start(PollingObserver(timeout=POLLING_S) if self.polling else Observer())
        except OSError as error:  # more folders than the system watches for one user
            log.info(f"The system tells of no changes ({error.strerror}): files are looked at every half second.")
            self._start(PollingObserver(timeout=POLLING_S))

    def stop(self) -> None:
        """End, if it has begun."""
        if self.observer:
            self.observer.stop()

    def join(self) -> None:
        """Wait for the end."""
        if self.observer:
            self.observer.join()

    # -----------------------------------------------------------------------------------------------------------

    def _start(self, observer: BaseObserver) -> None:
        for path in self.watched:
            self._schedule(observer, path)
        observer.start()
        self.observer = observer

    def _schedule(self, observer: BaseObserver, path: str) -> None:
        # a file is watched through its folder: editors replace files, and what is watched itself goes with the old one
        folder = os.path.isdir(path)
        observer.schedule(self, path if folder else os.path.dirname(path), recursive=folder, event_filter=_TOLD)

    def on_any_event(self, event: events.FileSystemEvent) -> None:
        """Pass an event on; called by the observer's thread."""
        new = isinstance(event, events.FileCreatedEvent)
        for path, is_new in ((event.src_path, new), (event.dest_path, True)):
            if path and self._counts(PurePath(name := os.fsdecode(path))):
                self.changes.add(name, new=is_new)

    def _counts(self, path: PurePath) -> bool:
        """Whether it is watched and can be part of the site: hidden files and Python's own are not."""
        ways = [path.relative_to(root).parts for root in self.watched if path.is_relative_to(root)]
        return any(not any(part.startswith(".") or part == "__pycache__" for part in way) for way in ways)
