"""Random bytes: never given out twice, in no thread and no process."""

import os
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.eventlog.randomness import RandomBytes, random_bytes


@settings(deadline=None)
@given(st.lists(st.integers(0, 6_000), max_size=30))
def test_every_byte_of_the_source_is_given_out_once_at_most(counts: list[int]) -> None:
    # A source of numbers instead of chance, so that a repeated byte would show.
    drawn = iter(range(1_000_000))

    def source(count: int) -> bytes:
        return b"".join(next(drawn).to_bytes(4, "big") for _ in range(-(-count // 4)))[:count]

    numbers = RandomBytes(source)
    given_out = [numbers(4 * count) for count in counts]
    assert list(map(len, given_out)) == [4 * count for count in counts]
    words = [some[at : at + 4] for some in given_out for at in range(0, len(some), 4)]
    assert len(set(words)) == len(words)


def test_threads_never_share_bytes() -> None:
    with ThreadPoolExecutor(8) as pool:
        given_out = list(pool.map(random_bytes, [12] * 5_000))
    assert len(set(given_out)) == 5_000


def test_a_forked_child_has_bytes_of_its_own() -> None:
    random_bytes(1)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, random_bytes(16))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 16) != random_bytes(16)
    os.close(reading)
    os.close(writing)
