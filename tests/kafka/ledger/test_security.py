"""A desk over TLS, logged in by SCRAM, with no more rights than it needs."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from unittest.mock import patch

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from tests.cli.runs import Shell
from tests.kafka import brokers
from tests.kafka.brokers import Cluster
from tests.kafka.node import HOST, Node
from tests.kafka.topics import wait_until

USER, PASSWORD = "desk", "a-secret-of-the-tests"
RIGHTS = (
    ACLOperation.READ,
    ACLOperation.WRITE,
    ACLOperation.DESCRIBE,
    ACLOperation.DESCRIBE_CONFIGS,
)
_plain_settings = brokers.settings


def certificate(directory: Path) -> tuple[Path, Path]:
    """A broker's key with its certificate, and the certificate alone, which clients trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    trusted = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    both, alone = directory / "broker.pem", directory / "ca.pem"
    both.write_bytes(secret + trusted)
    alone.write_bytes(trusted)
    return both, alone


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def secured(
    tmp_path_factory: pytest.TempPathFactory, trusted: tuple[Path, Path]
) -> Iterator[Cluster]:
    """A broker whose second listener speaks TLS, asks for a login, and heeds rights."""

    def settings(node: Node, nodes: Mapping[int, Node]) -> dict[str, str]:
        login = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ports = node.ports
        return {
            **_plain_settings(node, nodes),
            "advertised.listeners": (
                f"CLIENT://{HOST}:{ports.client},PROXIED://{HOST}:{ports.behind}"
            ),
            "listener.security.protocol.map": (
                "CLIENT:PLAINTEXT,PROXIED:SASL_SSL,CONTROLLER:PLAINTEXT"
            ),
            "listener.name.proxied.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.proxied.scram-sha-512.sasl.jaas.config": login,
            "listener.name.proxied.ssl.keystore.type": "PEM",
            "listener.name.proxied.ssl.keystore.location": str(trusted[0]),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        }

    with patch.object(brokers, "settings", settings):
        cluster = Cluster.started(1, tmp_path_factory.mktemp("secured"))
    yield cluster
    cluster.close()


@pytest.fixture
def shell(
    secured: Cluster,
    trusted: tuple[Path, Path],
    desk_name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    """A desk that its operator has made, used by a login that may read and write its topics."""
    shell = Shell(tmp_path / "desk")
    shell.ok("init", "--zone", "UTC", "--kafka", secured.bootstrap, "--name", desk_name)
    with KafkaAdminClient(bootstrap_servers=secured.bootstrap) as admin:
        admin.alter_user_scram_credentials(
            [UserScramCredentialUpsertion(USER, ScramMechanism.SCRAM_SHA_512, PASSWORD)]
        )
        admin.create_acls(
            [
                ACL(
                    f"User:{USER}",
                    "*",
                    operation,
                    ACLPermissionType.ALLOW,
                    ResourcePattern(ResourceType.TOPIC, f"{desk_name}.{topic}"),
                )
                for topic in ("ledger", "vault")
                for operation in RIGHTS
            ]
        )
    wait_until(lambda: may_all(secured, trusted[1], desk_name))
    for name, value in {
        "BOOTSTRAP": f"{HOST}:{secured.nodes[1].ports.behind}",
        "SECURITY": "SASL_SSL",
        "CA_FILE": str(trusted[1]),
        "USERNAME": USER,
        "PASSWORD": PASSWORD,
    }.items():
        monkeypatch.setenv(f"DESKLEDGER_KAFKA_{name}", value)
    return shell


def may_all(secured: Cluster, ca_file: Path, name: str) -> bool:
    """Whether the broker has taken up the login and its rights."""
    with KafkaAdminClient(
        bootstrap_servers=f"{HOST}:{secured.nodes[1].ports.behind}",
        security_protocol="SASL_SSL",
        ssl_cafile=str(ca_file),
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=USER,
        sasl_plain_password=PASSWORD,
    ) as admin:
        told = admin.describe_topics([f"{name}.ledger", f"{name}.vault"])
    wanted = {operation.name for operation in RIGHTS}
    return all(wanted <= set(topic["authorized_operations"] or ()) for topic in told)


def test_a_login_with_the_least_rights_opens_and_reads_tickets(shell: Shell) -> None:
    opened = shell.json("ticket", "open", "--subject", "Printer", "--message", "Smoke")
    assert shell.json("ticket", "show", str(opened["number"]))["subject"] == "Printer"
    found = {one["about"]: one for one in shell.json("doctor")["findings"]}
    assert found["rights"]["state"] == "ok"
    assert found["topics"]["state"] == "ok"


def test_a_wrong_password_writes_nothing_and_is_told_nowhere(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKLEDGER_KAFKA_PASSWORD", "another-secret")
    monkeypatch.setenv("DESKLEDGER_KAFKA_CONNECT_SECONDS", "5")
    result = shell.run("--json", "ticket", "open", "--subject", "Printer")
    assert result.exit_code == 3
    assert json.loads(result.stderr.splitlines()[-1])["error"] == "Unavailable"
    assert "another-secret" not in result.output


def test_no_file_of_the_desk_holds_the_password(shell: Shell) -> None:
    shell.ok("ticket", "open", "--subject", "Printer")
    for path in shell.directory.iterdir():
        assert PASSWORD.encode() not in path.read_bytes()
