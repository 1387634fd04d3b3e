"""The vectors of the ledger format."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "ledger-format-1.json").read_text(encoding="utf-8")
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Case = dict[str, Any]


def unbase64(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)


def stored(text: str | None) -> bytes:
    data = unbase64(text)
    assert data is not None
    return data
