"""Ids that are derived from what they stand for, so that a repeated command finds the same ones."""

from __future__ import annotations

import hashlib

_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


def uuid_text(octets: bytes, version: int) -> str:
    """Write the first 16 octets as a UUID of a version (RFC 9562), lower-case with hyphens.

    Spelled out, because making a `uuid.UUID` first costs ten times as much.
    """
    digits = octets[:16].hex()
    variant = _VARIANT[digits[16]]
    return (
        f"{digits[:8]}-{digits[8:12]}-{version}{digits[13:16]}-"
        f"{variant}{digits[17:20]}-{digits[20:]}"
    )


def uuid8(digest: bytes) -> str:
    """Write the first 16 bytes of a digest as a UUIDv8."""
    return uuid_text(digest, 8)


def derived_id(noun: str, *parts: str) -> str:
    """Derive an id from its parts, as docs/ledger-format.md says.

    UUIDv8 of the first 16 bytes of SHA-256("deskledger/<noun>/1" 0x00 parts joined by 0x00).
    """
    source = "\0".join((f"deskledger/{noun}/1", *parts))
    return uuid8(hashlib.sha256(source.encode()).digest())


def ticket_id(command_id: str) -> str:
    """The id of the ticket that a command opens."""
    return derived_id("ticket", command_id)


def agent_id(command_id: str) -> str:
    """The id of the agent that a command adds."""
    return derived_id("agent", command_id)


def interaction_id(command_id: str, index: int) -> str:
    """The id of the interaction that a command's part ``index`` (from 0) records."""
    return derived_id("interaction", command_id, str(index))


def customer_id(identity_id: str, claim: int) -> str:
    """The id of the customer for whom an identity's ``claim`` (from 1) was made."""
    return derived_id("customer", identity_id, str(claim))
