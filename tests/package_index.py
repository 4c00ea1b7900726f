"""A package index on this machine that can be slow, break off or forget about ranges."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from pathlib import Path

PIECE = 1 << 14


class PackageIndex:
    """Serves a folder of wheels as a simple index until `close`.

    breaks_after: so many bytes of a wheel are sent for a request, then the line is cut; None for
    all.  pause_s: after each piece.  asked: the wheel and the first byte of each request.  sent:
    bytes of wheels.
    """

    def __init__(self, wheels: Path) -> None:
        self.wheels, self.asked = wheels, list[tuple[str, int]]()
        self.breaks_after: int | None = None
        self.pause_s, self.sent = 0.0, 0
        self.knows_ranges = True
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def surroundings(self) -> dict[str, str | None]:
        """Environment variables by which pip uses this index alone."""
        return {
            "PIP_INDEX_URL": f"http://127.0.0.1:{self._server.server_port}/simple",
            "PIP_NO_INDEX": None,
            "PIP_FIND_LINKS": None,
            "PIP_NO_CACHE_DIR": "1",
            "PIP_RETRIES": "1",
            "PIP_RESUME_RETRIES": "0",
            "NO_PROXY": "127.0.0.1",
        }

    def close(self) -> None:
        """End the server."""
        self.pause_s = 0.0
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def page(self, package: str) -> bytes:
        """The page of a package: its wheels with their hashes."""
        links = "".join(
            f'<a href="/files/{path.name}#sha256={hashlib.sha256(path.read_bytes()).hexdigest()}">'
            f"{path.name}</a>\n"
            for path in self.wheels.glob(f"{package.replace('-', '_')}-*.whl")
        )
        return f"<!DOCTYPE html><html><body>{links}</body></html>".encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, name = unquote(self.path).strip("/").split("/", 1)
                if kind == "simple":
                    self._send(index.page(name), 0)
                    return
                body = (index.wheels / name).read_bytes()
                asked = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
                begin = int(asked[1]) if asked and index.knows_ranges else 0
                index.asked.append((name, begin))
                if begin >= len(body):
                    self.send_error(416)
                else:
                    self._send(body, begin)

            def _send(self, body: bytes, begin: int) -> None:
                self.send_response(206 if begin else 200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body) - begin))
                if begin:
                    end = len(body) - 1
                    self.send_header("Content-Range", f"bytes {begin}-{end}/{len(body)}")
                self.end_headers()
                whole = self.path.startswith("/simple") or index.breaks_after is None
                for at in range(begin, len(body), PIECE):
                    piece = body[at : at + PIECE]
                    if not whole and at + len(piece) - begin > (index.breaks_after or 0):
                        self.close_connection = True
                        return
                    self.wfile.write(piece)
                    index.sent += 0 if self.path.startswith("/simple") else len(piece)
                    time.sleep(index.pause_s)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:  # the client was killed
                    pass

        return Handler
