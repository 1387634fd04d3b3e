"""The brokers' jars, fetched by Maven as pom.xml pins them, and the archive that starts them fast.

Both stand in `.cache/kafka-VERSION/`. When they are there nothing is run and nothing is fetched.
"""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache"


class JavaMissing(Exception):
    """Java or Maven is missing; the message says what to install."""


class JarsMissing(Exception):
    """Maven could not fetch the jars; the message is Maven's."""


class Jars(NamedTuple):
    """What every Java program of Kafka is started with.

    Attributes:
        java: the program.
        classpath: all jars, in a fixed order: the archive is bound to it.
        archive: classes loaded and linked in advance (class data sharing); may not exist yet.
    """

    java: str
    classpath: str
    archive: Path

    def command(self, main: str, *options: str) -> list[str]:
        """The start of a command line that runs a class; its arguments follow."""
        shared = [f"-XX:SharedArchiveFile={self.archive}"] if self.archive.exists() else []
        return [self.java, *shared, *options, "-cp", self.classpath, main]


def kafka_version() -> str:
    """The version that pom.xml pins."""
    found = re.search(r"<kafka\.version>(.+?)</", (ROOT / "pom.xml").read_text(encoding="utf-8"))
    assert found
    return found[1]


def fetched_jars() -> Jars:
    """The jars, fetched by Maven when they are not there yet.

    Raises:
        JavaMissing: no Java 17, or no Maven while the jars have yet to be fetched.
        JarsMissing: Maven failed.
    """
    directory = CACHE / f"kafka-{kafka_version()}"
    if not directory.is_dir():
        with alone("kafka-jars"):
            if not directory.is_dir():
                fetch(directory)
    names = sorted(str(path) for path in directory.glob("*.jar"))
    return Jars(find_java(), ":".join(names), directory / "classes.jsa")


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process at a time does the work of this name; the others wait."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def find_java(*also: str) -> str:
    """The java program; `also` may be `maven`."""
    command = ["sh", str(ROOT / ".ci" / "find-java"), *also]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise JavaMissing(done.stderr.strip())
    return done.stdout.strip()


def fetch(directory: Path) -> None:
    """Lets Maven copy all dependencies of pom.xml; the directory appears when it is complete."""
    find_java("maven")
    unfinished = directory.with_name(f"{directory.name}.{os.getpid()}")
    command = ["mvn", "--quiet", "--batch-mode", "--file", str(ROOT / "pom.xml")]
    command += ["dependency:copy-dependencies", f"-DoutputDirectory={unfinished}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise JarsMissing((done.stdout + done.stderr).strip())
        unfinished.rename(directory)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
