"""Which changes of hands are hand-overs, and which assignments were wrong."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.figures.told import (
    ANN,
    AS_ANN,
    AS_BOB,
    BOB,
    NOBODY,
    given,
    opened,
    rate,
    told,
)

HANDS: list[tuple[list[tuple[str | None, str | None]], int]] = [
    ([NOBODY, (None, ANN)], 0),
    ([NOBODY, ("one", None), ("one", ANN)], 0),
    ([NOBODY, ("one", ANN), ("one", BOB)], 1),
    ([NOBODY, ("one", ANN), ("one", None)], 1),
    ([NOBODY, ("one", ANN), ("one", None), ("one", BOB)], 2),
    ([NOBODY, ("one", None), ("two", None), ("two", ANN)], 1),
    ([NOBODY, ("one", None), ("two", ANN)], 1),
    ([NOBODY, ("one", ANN), ("two", ANN)], 0),
    ([NOBODY, ("one", ANN), NOBODY, ("two", BOB)], 0),
]


@pytest.mark.parametrize(("parties", "hand_overs"), HANDS)
def test_hand_overs_are_changes_from_one_agent_or_group_to_another(
    tmp_path: Path, parties: list[tuple[str | None, str | None]], hand_overs: int
) -> None:
    moves = [
        (AS_ANN, [given(60.0 * place, before, after)])
        for place, (before, after) in enumerate(pairwise(parties), 1)
    ]
    with told(tmp_path, [(AS_ANN, [opened()]), *moves]) as found:
        assert ("hand_over" in found) == bool(hand_overs)
        assert not hand_overs or found["hand_over"].n == hand_overs


@pytest.mark.parametrize(("minutes", "wrong"), [(30, 1), (30.001, 0)])
def test_an_assignment_is_wrong_if_another_group_gets_it_within_half_an_hour(
    tmp_path: Path, minutes: float, wrong: int
) -> None:
    moves = [
        (AS_ANN, [opened(), given(1, NOBODY, ("one", None))]),
        (AS_BOB, [given(1 + minutes, ("one", None), ("two", None))]),
    ]
    with told(tmp_path, moves) as found:
        assert rate(found["wrong_assignment"]) == (wrong, 2, False)
