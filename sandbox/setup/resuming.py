"""pip, whose downloads go on where an earlier one was broken off.

It is pip itself with the user's own settings, in a process of its own. What arrives of a wheel is
also kept in a folder; the next time only the rest is asked for, by an HTTP range. pip checks the
whole file as always. Progress is printed as `Progress 1000 of 5000`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import runpy
import sys
import time
from typing import Any, BinaryIO

from sandbox.setup import mutex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Send = Callable[..., Any]  # requests.Session.send

PIECE = 1 << 16  # bytes
TELL_S = 0.2


def main(folder: str, *words: str) -> None:
    """Run `pip` with these words, keeping downloads in `folder`; ends the process as pip does."""
    with contextlib.suppress(ImportError):  # a pip that brings no requests downloads by itself
        from pip._vendor.requests.sessions import Session

        Session.send = resuming(Session.send, folder)  # type: ignore[method-assign]
    sys.argv = ["pip", *words]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


def resuming(send: Send, folder: str) -> Send:
    """Return a `send` that keeps wheels in `folder` and goes on with those that are there."""
    redirected = False

    def sent(session: Any, request: Any, **options: Any) -> Any:
        nonlocal redirected
        address = request.url.partition("#")[0].partition("?")[0]
        wheel = address.startswith("http") and address.endswith(".whl")
        whole = request.method == "GET" and "Range" not in request.headers
        kept = open_kept(folder, request.url) if wheel and whole and not redirected else None
        if kept is None:
            return send(session, request, **options)
        redirected = True
        try:
            return _continued(kept, send, session, request, options)
        finally:
            redirected = False

    return sent


def open_kept(folder: str, url: str) -> BinaryIO | None:
    """Open the file with what has arrived from a URL; None if it cannot be had alone."""
    name = hashlib.sha256(url.partition("#")[0].encode()).hexdigest()[:40]
    try:
        os.makedirs(folder, exist_ok=True)
        number = os.open(os.path.join(folder, name), os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        return None
    if mutex.try_lock(number):
        return os.fdopen(number, "r+b", buffering=0)
    os.close(number)
    return None


def _continued(kept: BinaryIO, send: Send, session: Any, request: Any, options: Any) -> Any:
    """Send the request for what is missing of a file, and add what comes to it."""
    # The last byte is asked for again, since nobody answers for a range after the end.
    begin = max(kept.seek(0, os.SEEK_END) - 1, 0)
    if begin:
        request.headers["Range"] = f"bytes={begin}-"
    response = send(session, request, **options)
    if begin and not _is_rest(response, begin):
        begin = 0
        if response.status_code != 200:  # the file is another by now: all of it, please
            response.close()
            del request.headers["Range"]
            response = send(session, request, **options)
    if response.status_code not in (200, 206) or getattr(response, "from_cache", False):
        kept.close()
        return response
    size = response.headers.get("Content-Length", "")
    total = begin + int(size) if size.isdecimal() else 0
    if begin:
        response.headers["Content-Length"] = str(total)
    kept.truncate(begin)
    response.raw = Body(response.raw, kept, total)
    return response


def _is_rest(response: Any, begin: int) -> bool:
    given = str(response.headers.get("Content-Range", ""))
    return bool(response.status_code == 206) and given.startswith(f"bytes {begin}-")


class Body:
    """The body of a response: what was kept, then what comes over the network and is kept too.

    total: its size in bytes, 0 if unknown.
    """

    def __init__(self, raw: Any, kept: BinaryIO, total: int) -> None:
        self._raw, self._kept, self._total = raw, kept, total
        self._done, self._keeps, self._told_at = kept.seek(0, os.SEEK_END), True, 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, amount: int = PIECE, decode_content: bool | None = None) -> Iterator[bytes]:
        """Yield the bytes in order, as urllib3's responses do; pip asks for files as they are."""
        self._kept.seek(0)
        while piece := self._kept.read(PIECE):
            yield piece
        for piece in self._raw.stream(PIECE, decode_content=False):
            self._keep(piece)
            yield piece
        self._kept.close()
        if self._done < self._total:  # an old pip would take this for the whole file
            raise OSError(f"Connection broken: {self._done} of {self._total} bytes have arrived")

    def close(self) -> None:
        """Close both."""
        self._kept.close()
        self._raw.close()

    def _keep(self, piece: bytes) -> None:
        if self._keeps and not _written(self._kept, piece):
            self._keeps = False  # the disk is full, as pip will say in a moment
            self._kept.truncate(0)
        self._done += len(piece)
        if time.monotonic() >= self._told_at + TELL_S:
            self._told_at = time.monotonic()
            print(f"Progress {self._done} of {self._total}", flush=True)


def _written(file: BinaryIO, piece: bytes) -> bool:
    try:
        return file.write(piece) == len(piece)
    except OSError:
        return False
