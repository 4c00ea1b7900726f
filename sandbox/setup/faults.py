"""What is wrong with the machine, in one sentence that says what to do."""

from __future__ import annotations

import errno
import sys


class Fault(Exception):
    """A sentence for the user, and the exit status that goes with it."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


class Offline(Fault):
    """The network cannot be used; what has arrived of a download is still good."""


NETWORK = (
    "temporary failure in name resolution; name or service not known; nodename nor servname "
    "provided; failed to resolve; failed to establish a new connection; network is unreachable; "
    "no route to host; connection refused; connection reset; connection broken; connection "
    "aborted; connecttimeout; read timed out; proxyerror; cannot connect to proxy; max retries "
    "exceeded"
).split("; ")
DISK = ("no space left on device", "errno 28]", "disk quota exceeded", "errno 122]")
PERMISSION = ("permission denied", "errno 13]", "read-only file system")
CERTIFICATE = ("certificate_verify_failed", "sslcertverificationerror")
NO_BUILD = ("no matching distribution found for ", "could not find a version that satisfies")
DAMAGED = ("do not match the hashes", "badzipfile", "is invalid.", "incompleteread")


def from_pip(output: str, place: str, log: str) -> Fault:
    """Translate what pip printed before it gave up."""
    low = output.lower()
    if any(sign in low for sign in DISK):
        return disk_full(place)
    if any(sign in low for sign in CERTIFICATE):
        return Fault(
            "This machine does not trust the package index's certificate: set the clock, or give "
            "pip your network's certificate (`pip config set global.cert FILE`), then start again."
        )
    if any(sign in low for sign in NETWORK):
        return Offline(
            "The package index cannot be reached: connect this machine to the network (behind "
            "a proxy, set HTTPS_PROXY), then start again."
        )
    if any(sign in low for sign in PERMISSION):
        return no_permission(place)
    if any(sign in low for sign in NO_BUILD):
        return _no_build(low)
    if any(sign in low for sign in DAMAGED):
        return Fault("A download was damaged: start again to fetch it again.")
    return Fault(f"pip could not install the packages: {_last_error(output)} The log is {log}")


def of_machine(error: OSError, venv: str) -> Exception:
    """Turn the machine's refusals into sentences; leave our own mistakes as they are."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(venv)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return no_permission(error.filename or venv)
    return error


def disk_full(place: str) -> Fault:
    """The disk of the environment is full."""
    return Fault(f"The disk that holds {place} is full: make room on it, then start again.")


def no_permission(place: str) -> Fault:
    """The environment's folder cannot be written."""
    return Fault(
        f"{place} cannot be written: make it writable, or set SEQUENCE_SANDBOX_HOME to a folder "
        "of your own, then start again."
    )


def _no_build(low: str) -> Fault:
    name = low.rpartition("distribution found for ")[2].split()[:1] or ["a package"]
    running = ".".join(str(part) for part in sys.version_info[:2])
    silent = "from versions: none" in low  # an index that does not answer looks the same
    first = "check that this machine reaches the package index, or " if silent else ""
    return Fault(
        f"pip finds no {name[0]} for Python {running} on {sys.platform}: {first}start with "
        "another Python, from 3.11 to 3.13, on a 64-bit system."
    )


def _last_error(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or ["it said nothing."])[-1]
