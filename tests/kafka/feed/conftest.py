from collections.abc import Iterator
from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from tests.projections.desks import new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "desk", 20) as desk:
        yield desk
