"""pm4py in an environment of its own, `.cache/pm4py-…`, which the product knows nothing of.

It is big and under another licence (AGPL), so it is no dependency of the product, not even of its
development: it is fetched as `requirements.lock` beside this file pins it, when CI runs or when
somebody asks: `make pm4py`. When it is there nothing is run and nothing is fetched.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.kafka.jars import CACHE, alone

LOCK = Path(__file__).with_name("requirements.lock")
ASKING = "make pm4py"


class PackagesMissing(Exception):
    """pip could not install pm4py; the message is pip's."""


def environment() -> Path:
    """Where the environment lies, or will lie, for this lock and this Python."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    return CACHE / f"pm4py-{sys.implementation.cache_tag}-{digest}"


def interpreter(directory: Path) -> Path:
    """The Python of an environment."""
    return directory / "bin" / "python"


def fetched() -> Path:
    """The environment's Python; the environment is made when it is not there yet.

    Raises:
        PackagesMissing: pip failed.
    """
    directory = environment()
    if not directory.is_dir():
        with alone("pm4py"):
            if not directory.is_dir():
                _fetch(directory)
    return interpreter(directory)


def _fetch(directory: Path) -> None:
    """The directory appears when it is complete; an environment's place is part of it nowhere."""
    unfinished = directory.with_name(f"{directory.name}.{os.getpid()}")
    install = ["--python", str(interpreter(unfinished)), "install", "--quiet", "--retries", "10"]
    install += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(LOCK)]
    try:
        _run("venv", "--without-pip", str(unfinished))
        _run("pip", "--disable-pip-version-check", *install)
        unfinished.rename(directory)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _run(module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise PackagesMissing((done.stdout + done.stderr).strip())


if __name__ == "__main__":
    print(f"pm4py: {fetched()}")  # noqa: T201
