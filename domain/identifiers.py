"""Ids that are derived from what they stand for, so that a repeated command finds the same ones."""

from __future__ import annotations

import hashlib
import uuid

_VERSION_8 = 0x80
_VARIANT = 0x80


def uuid8(digest: bytes) -> str:
    """Write the first 16 bytes of a digest as a UUIDv8 (RFC 9562), lower-case with hyphens."""
    octets = bytearray(digest[:16])
    octets[6] = (octets[6] & 0x0F) | _VERSION_8
    octets[8] = (octets[8] & 0x3F) | _VARIANT
    return str(uuid.UUID(bytes=bytes(octets)))


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
