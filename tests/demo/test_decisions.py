"""The story's people know the desk's rules: whatever the seed, each answer is the expected one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.app.demo.plan import Plan
from tests.demo.deciding import decided
from tests.demo.telling import told

plans = st.builds(
    Plan,
    seed=st.integers(0, 2**63 - 1),
    tickets=st.integers(1, 150),
    weeks=st.integers(1, 8),
)


@settings(max_examples=12, deadline=None)
@given(plan=plans)
def test_every_command_of_a_story_gets_the_answer_that_its_people_expect(plan: Plan) -> None:
    surprises = [
        (one.step.command.type, one.step.expected, one.outcome, one.code)
        for one in decided(told(plan))
        if one.outcome != one.step.expected
    ]
    assert surprises == []
