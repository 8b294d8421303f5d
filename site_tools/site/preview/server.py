"""The server of `mkdocs serve`: never waits for a build, shows the edited page first, and tells what is wrong.

Builds on private methods of MkDocs 1.6's server; a test notices when they move.
"""

import json
import os
import re
import time
import traceback
from collections.abc import Callable, Collection, Iterable
from filecmp import cmp
from pathlib import Path
from threading import Condition, RLock
from urllib.parse import parse_qs, unquote

from mkdocs.exceptions import BuildError, MkDocsException
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File

from site_tools.messages import shown
from site_tools.site.preview.changes import Changes, Watcher
from site_tools.site.preview.kept import Overtaken, Preview, never
from site_tools.site.preview.messages import gathered

log = get_plugin_logger("live-models")

CLIENT = "/livereload/client.js"
STATE = "/livereload/state"
_SCRIPT = Path(__file__).with_name("client.js")

# A page by itself is made as soon as an editor has written it; before a whole build others may follow.
PAGE_PAUSE_S, BUILD_PAUSE_S = 0.02, 0.1
# The whole build leaves the processor to the browser until it has loaded the edited page.
QUIET_S, MOST_QUIET_S = 0.5, 3.0
# What has its hash in its name, ours and the theme's, is not asked for again when a page is loaded anew.
_HASHED = re.compile(r"/assets/(?:live|javascripts|stylesheets)/.*\.[0-9a-f]{8}\.")
_FOR_EVER = ("Cache-Control", "max-age=31536000, immutable")
# What a browser shows of these comes with every page, or with the next search.
_NOT_SEEN = ("sitemap.xml", "sitemap.xml.gz", "search/search_index.json", "search/search_index.js")


class PreviewServer(LiveReloadServer):
    """Shows the last complete build and, before the next one, the edited pages.

    Args:
        plain: the server that MkDocs has made; this one takes its place.
        preview: the builds.
        remake: makes one page of a kept build anew.
        polling: see `Watcher`.
    """

    def __init__(
        self, plain: LiveReloadServer, preview: Preview, remake: Callable[[str, File], None], *, polling: bool
    ) -> None:
        host, port = plain.server_address[:2]
        super().__init__(plain.builder, str(host), int(port), plain.root, plain.mount_path)
        plain.server_close()
        self.preview = preview
        self.remake = remake
        self.changes = Changes()
        self.watcher = Watcher(self.changes, polling=polling)
        self.observer = self.watcher  # type: ignore[assignment]
        self.error_handler = self._error_page
        for path in plain._watched_paths:
            self.watch(path)
        self._reading = RLock()  # held while a page is read, and while one is written
        self._told = Condition(self._reading)
        self._version = self._everything = _now()  # newer than all of a server before
        self._changed: dict[str, int] = {}  # file below the root -> version
        self._problems: dict[str, list[str]] = {}  # source of a page, or "" for the whole build -> sentences
        self._last_request = self._made = 0.0
        self._is_whole = True  # the last build, and it is shown

    # --- Watching ----------------------------------------------------------------------------------------------

    def watch(self, path: str, func: object = None, *, recursive: bool = True) -> None:
        """Rebuild when a file changes, or one below a folder."""
        path = os.path.abspath(path)
        self._watched_paths[path] = self._watched_paths.get(path, 0) + 1
        self.watcher.watch(path)

    def unwatch(self, path: str) -> None:
        """Take back one `watch`."""
        path = os.path.abspath(path)
        self._watched_paths[path] -= 1
        if not self._watched_paths[path]:
            del self._watched_paths[path]
            self.watcher.unwatch(path)

    def shutdown(self, wait: bool = False) -> None:
        """End."""
        self.changes.close()
        super().shutdown(wait)

    # --- Building ----------------------------------------------------------------------------------------------

    def _build_loop(self) -> None:
        due = False  # a whole build
        alone = True  # nothing but pages has changed since the build that is kept
        while not self._shutdown:
            if changed := self.changes.take(pause=PAGE_PAUSE_S, timeout=self.shutdown_delay):
                pages = self.preview.pages(changed) if alone else None
                alone, due = pages is not None, True
                for key, file in pages or ():
                    self._make_page(key, file)
            if due and not alone:
                while self.changes.take(pause=BUILD_PAUSE_S, timeout=BUILD_PAUSE_S):
                    pass
            if due and not self._shutdown and (not alone or self._is_quiet()):
                due = not self._make_all()
                alone = alone or self._is_whole

    def _is_quiet(self) -> bool:
        """Whether browsers have loaded the edited page."""
        now = time.monotonic()
        return now > min(self._last_request + QUIET_S, self._made + MOST_QUIET_S)

    def _make_page(self, key: str, file: File) -> None:
        source, target = shown(Path(file.abs_src_path or file.src_uri)), Path(file.abs_dest_path)
        with self._reading:
            start = time.monotonic()
            before = target.read_bytes() if target.is_file() else b""
            try:
                self.remake(key, file)
            except BuildError as error:
                self._tell({**self._problems, source: str(error).splitlines()})
            except Exception as error:  # the whole build will say it, or get on without what it was
                log.debug(f"{source} cannot be made alone: {error!r}")
            else:
                name = Path(os.path.relpath(target, self.root)).as_posix()
                self._tell(self._without(source), {name} if target.read_bytes() != before else ())
                log.info(f"{source} is shown after {time.monotonic() - start:.2f} seconds; the rest follows.")
            self._made = self._last_request = time.monotonic()

    def _without(self, source: str) -> dict[str, list[str]]:
        """What is wrong, but for a page that is right now; the whole build has told it as well."""
        kept = {key: told for key, told in self._problems.items() if key != source}
        kept[""] = [sentence for sentence in kept.get("", ()) if not sentence.startswith(f"{source}:")]
        return {key: told for key, told in kept.items() if told}

    def _make_all(self) -> bool:
        """Build all languages and show them, or what is wrong; whether the build came to its end."""
        self._is_whole = False
        self.preview.overtaken = lambda: self.changes.waiting
        with gathered() as told:
            try:
                self.builder()
            except Overtaken:
                return False
            except (Exception, SystemExit) as error:
                if self.changes.waiting:  # perhaps it is mended already
                    return False
                if not isinstance(error, MkDocsException):
                    traceback.print_exc()
                self._tell({**self._problems, "": told.reasons(error)})
                log.error("The site is shown as it was until this is put right.")
                return True
            finally:
                self.preview.overtaken = never
        changed = differing(Path(self.root), Path(self.preview.folder))
        with self._reading:
            self.root, self._is_whole = self.preview.folder, True
            self.preview.keep()
            self._tell({}, changed)
        return True

    def _tell(self, problems: dict[str, list[str]], changed: Collection[str] = ()) -> None:
        """Let browsers know what is wrong, and which files below the root have changed."""
        with self._told:
            self._problems = problems
            self._version = max(self._version + 1, _now())
            self._changed |= dict.fromkeys(changed, self._version)
            if any(not name.endswith((".html", *_NOT_SEEN)) for name in changed):
                self._everything = self._version
            self._told.notify_all()

    # --- Answering ---------------------------------------------------------------------------------------------

    def _serve_request(self, environ: dict, start_response: Callable) -> Iterable[bytes] | None:
        if environ["PATH_INFO"] == STATE:
            return self._state(parse_qs(environ.get("QUERY_STRING", "")), start_response)
        if environ["PATH_INFO"] == CLIENT:
            start_response("200 OK", [("Content-Type", "application/javascript; charset=utf-8")])
            return [_SCRIPT.read_bytes()]
        self._last_request = time.monotonic()

        def start(status: str, headers: list[tuple[str, str]]) -> object:
            kept = [_FOR_EVER] if _HASHED.search(environ["PATH_INFO"]) and status.startswith("200") else []
            return start_response(status, headers + kept)

        with self._reading:
            return super()._serve_request(environ, start)

    def _state(self, query: dict[str, list[str]], start_response: Callable) -> Iterable[bytes] | None:
        """Once there is something new since `since`: whether `page` is newer than `version`, and what is wrong."""
        try:
            since, version, page = int(query["since"][0]), int(query["version"][0]), unquote(query["page"][0])
        except (KeyError, ValueError):
            return None
        name = page.removeprefix(self.mount_path).lstrip("/") + "index.html" * page.endswith("/")
        with self._told:
            self._told.wait_for(lambda: self._version > since, timeout=self.poll_response_timeout)
            problems = dict.fromkeys(sentence for told in self._problems.values() for sentence in told)
            newest = max(self._everything, self._changed.get(name, 0))
            answer = {"version": self._version, "reload": newest > version, "problems": list(problems)}
        start_response("200 OK", [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
        return [json.dumps(answer).encode()]

    def _inject_js_into_html(self, content: bytes, epoch: float) -> bytes:
        """The page with our script, which its policy allows as it comes from the same server."""
        page, end, rest = content.rpartition(b"</body>")
        script = b'<script src="%b" data-version="%d"></script>' % (CLIENT.encode(), self._version)
        return page + script + end + rest if end else content + script

    def _error_page(self, code: int) -> bytes | None:
        page = Path(self.root, f"{code}.html")
        return self._inject_js_into_html(page.read_bytes(), 0) if page.is_file() else None


def differing(old: Path, new: Path) -> set[str]:
    """The files, with "/", that two folders do not have alike."""
    names = {path.relative_to(root).as_posix() for root in (old, new) for path in root.rglob("*") if path.is_file()}
    return {
        name
        for name in names
        if not ((old / name).is_file() and (new / name).is_file() and cmp(old / name, new / name, shallow=False))
    }


def _now() -> int:
    return int(time.time() * 1000)
