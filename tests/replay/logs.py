"""Logs as other clients of Kafka may leave them."""

from hypothesis import strategies as st

from deskledger.eventlog.control import genesis_record
from deskledger.eventlog.names import lane_of
from tests.eventlog.build import DESK, NOON, NOTE, Chain, commit, ticket
from tests.replay.exports import Logged
from tests.replay.ledgers import LANES

MILLISECONDS = int(NOON.timestamp() * 1000)

anything = st.none() | st.binary(max_size=30) | st.text(max_size=30).map(str.encode)


@st.composite
def logged_lanes(draw: st.DrawFn) -> dict[int, list[Logged]]:
    """Lanes as foreign producers may leave them: commits in order, twice, astray, and garbage.

    Control records too, in whichever lane.
    """
    chains = [Chain(ticket(number)) for number in range(4)]
    lanes: dict[int, list[tuple[bytes | None, bytes | None]]] = {
        lane: [genesis_record(DESK, lane, LANES)] for lane in range(LANES)
    }
    for _ in range(draw(st.integers(0, 25))):
        chain = draw(st.sampled_from(chains))
        own = lane_of(chain.stream, LANES)
        text = draw(st.text(max_size=8))
        kind = draw(
            st.sampled_from(["next", "next", "again", "astray", "control", "stale", "garbage"])
        )
        key: bytes | None = chain.stream.encode()
        if kind == "garbage":
            lane = draw(st.integers(0, LANES - 1))
            lanes[lane].append((draw(anything | st.just(key)), draw(anything)))
        elif kind == "control":
            named = draw(st.integers(0, LANES - 1))
            lanes[draw(st.integers(0, LANES - 1))].append(genesis_record(DESK, named, LANES))
        elif kind == "again":
            lanes[own].append(draw(st.sampled_from(lanes[own])))
        elif kind == "stale":
            lanes[own].append((key, commit(chain.stream, chain.version, chain.hash)))
        else:
            lane = own if kind == "next" else (own + 1) % LANES
            value = Chain.next(chain, event={**NOTE, "text": text}).value
            lanes[lane].append((key, value))
    times = st.sampled_from([-1, 0, MILLISECONDS - 5, MILLISECONDS, MILLISECONDS + 10**9, 2**62])
    return {
        lane: [Logged(2 * at, draw(times), *record) for at, record in enumerate(records)]
        for lane, records in lanes.items()
    }
