"""Running the command line: inside this process, or as a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from deskledger.app.cli.program import app
from deskledger.app.desk import Desk, NewDesk
from tests.patience import PATIENCE_SECONDS

MAIN = "from deskledger.app.cli import main; main()"
PROGRAM = (sys.executable, "-c", MAIN)
LIMIT = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({0}, {0})); "


def made_desk(directory: Path) -> "Shell":
    """A shell beside a new desk in the zone of Shanghai, whose first agent is 管理员."""
    new = NewDesk(zone="Asia/Shanghai", country="CN", agent="管理员", email="root@desk.example")
    Desk.create(directory, new).close()
    return Shell(directory)


@dataclass(frozen=True)
class Shell:
    """Runs commands on one desk."""

    directory: Path

    def run(self, *arguments: str | Path, stdin: str | None = None) -> Result:
        stated = ["--desk", str(self.directory), *map(str, arguments)]
        return CliRunner().invoke(app, stated, input=stdin, catch_exceptions=False)

    def ok(self, *arguments: str | Path, stdin: str | None = None) -> str:
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str | Path, stdin: str | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.ok("--json", *arguments, stdin=stdin))
        return answer

    def fails(self, code: int, *arguments: str | Path, stdin: str | None = None) -> str:
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.stderr

    def process(
        self,
        *arguments: str | Path,
        environment: dict[str, str] | None = None,
        file_bytes_max: int | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        limit = "" if file_bytes_max is None else LIMIT.format(file_bytes_max)
        command = [
            sys.executable,
            "-c",
            limit + MAIN,
            "--desk",
            str(self.directory),
            *map(str, arguments),
        ]
        return subprocess.run(  # noqa: S603 - our own program
            command,
            capture_output=True,
            check=False,
            encoding="utf-8",
            env={**os.environ, **(environment or {})},
            timeout=PATIENCE_SECONDS,
        )

    def follow(self, *arguments: str) -> "subprocess.Popen[str]":
        command = [*PROGRAM, "--desk", str(self.directory), "--json", "follow", *arguments]
        return subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )
