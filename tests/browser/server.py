"""A static server as dumb as the hosts the site is meant for: a sub-path, gzip, no special headers.

It counts the bytes it sends and can pace them, so that tests can ask what a visit costs and a
benchmark can play a slow link.
"""

import gzip
import mimetypes
import threading
import time
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMPRESSED = {".html", ".js", ".css", ".json", ".svg", ".wasm", ".xml", ".txt"}
CHUNK = 16384


@lru_cache(maxsize=512)
def _body(path: Path, compressed: bool) -> bytes:
    content = path.read_bytes()
    return gzip.compress(content, 6) if compressed else content


class SiteServer:
    """Serve `folder` at http://127.0.0.1:<port>/course/ until `close`.

    Attributes:
        sent: list of (path, bytes of the body as sent), in order.
        broken: path suffix -> status; such requests fail, to play a broken host.
        replaced: path suffix -> (body, type); such requests get this with status 200, to play a campus portal or a
            tampered file.
        bytes_per_s: pace of all connections together; None is unpaced.
    """

    def __init__(self, folder: Path, bytes_per_s: float | None = None):
        self.folder, self.bytes_per_s = folder, bytes_per_s
        self.sent: list[tuple[str, int]] = []
        self.broken: dict[str, int] = {}
        self.replaced: dict[str, tuple[bytes, str]] = {}
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server._answer(self)

            def log_message(self, *arguments):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The site's address, ending in a slash."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/course/"

    def close(self) -> None:
        """Stop serving."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = unquote(urlsplit(request.path).path)
        file = self.folder / path.removeprefix("/course/")
        if path.endswith("/"):
            file = file / "index.html"
        status = next((code for suffix, code in self.broken.items() if path.endswith(suffix)), 200)
        if status == 200 and not (path.startswith("/course/") and file.is_file()):
            status = 404
        if status != 200:
            request.send_response(status)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        replaced = next((value for suffix, value in self.replaced.items() if path.endswith(suffix)), None)
        compressed = not replaced and file.suffix in COMPRESSED and "gzip" in request.headers.get("Accept-Encoding", "")
        body, kind = replaced or (_body(file, compressed), mimetypes.guess_type(file.name)[0])
        request.send_response(200)
        request.send_header("Content-Type", kind or "application/octet-stream")
        request.send_header("Content-Length", str(len(body)))
        if compressed:
            request.send_header("Content-Encoding", "gzip")
        request.end_headers()
        self.sent.append((path, len(body)))
        try:
            for start in range(0, len(body), CHUNK):
                piece = body[start : start + CHUNK]
                if self.bytes_per_s:
                    with self._lock:  # one link for everybody
                        time.sleep(len(piece) / self.bytes_per_s)
                request.wfile.write(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the reader left the page
