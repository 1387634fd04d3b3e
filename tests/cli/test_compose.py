"""compose.yaml says what the command line, the settings and the tests' brokers understand."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from deskledger.app.cli.program import COMMANDS, app
from deskledger.app.kafka_settings import KafkaEnvironment
from deskledger.app.settings import Settings
from tests.kafka.brokers import settings
from tests.kafka.node import Addresses, Guard, Node

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))[
    "services"
]
BROKERS = {name: one for name, one in SERVICES.items() if name.startswith("kafka-")}
DESKS = {name: one for name, one in SERVICES.items() if name not in BROKERS}
# Of the containers alone: addresses, places, and what the image asks for by another name.
OWN = {
    "listeners", "advertised.listeners", "listener.security.protocol.map", "log.dirs", "node.id",
    "inter.broker.listener.name", "controller.listener.names", "controller.quorum.voters",
}  # fmt: skip


@pytest.mark.parametrize("name", DESKS)
def test_every_command_of_a_container_is_one_of_the_command_line(name: str) -> None:
    words = [word for word in DESKS[name]["command"] if word != "--json"]
    command, *rest = words
    assert command in COMMANDS
    told = CliRunner().invoke(app, [command, "--help"]).output
    for option in (word for word in rest if word.startswith("--")):
        assert option in told


def test_every_role_has_a_container() -> None:
    assert {"tail", "project", "publish", "processes"} <= DESKS.keys()


@pytest.mark.parametrize("name", DESKS)
def test_every_variable_of_a_container_is_a_setting(name: str) -> None:
    known = {f"DESKLEDGER_{field.upper()}" for field in Settings.model_fields}
    known |= {f"DESKLEDGER_KAFKA_{field.upper()}" for field in KafkaEnvironment.model_fields}
    assert DESKS[name]["environment"].keys() <= known


@pytest.mark.parametrize("name", BROKERS)
def test_brokers_are_set_as_those_that_the_tests_run_on(name: str, tmp_path: Path) -> None:
    guard = Guard()
    nodes = {
        number: Node(number, Addresses(1, 2, 3, 4), tmp_path / str(number), guard)
        for number in (1, 2, 3)
    }
    tested = settings(nodes[1], nodes)
    guard.close()
    stated = {
        variable.removeprefix("KAFKA_").lower().replace("_", "."): value
        for variable, value in BROKERS[name]["environment"].items()
        if variable.startswith("KAFKA_")
    }
    for setting in stated.keys() - OWN:
        assert stated[setting] == tested[setting]


def test_brokers_are_of_the_version_that_the_tests_run_on() -> None:
    version = re.search(
        r"<kafka.version>(.+)</kafka.version>", (ROOT / "pom.xml").read_text("utf-8")
    )
    assert version is not None
    assert {one["image"] for one in BROKERS.values()} == {f"apache/kafka:{version[1]}"}


def test_each_broker_has_its_own_number_address_and_disk() -> None:
    for place in ("environment", "volumes"):
        told = [one[place] for one in BROKERS.values()]
        assert all(told.count(each) == 1 for each in told)
