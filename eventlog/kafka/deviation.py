"""In what a topic differs from how it must be."""

from dataclasses import dataclass

MISSING = "missing"
"""Found in place of the id of a topic that is not there."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A setting of a topic that is not as it must be, so that nothing may be written.

    Attributes:
        topic: its name.
        setting: name of the setting; `id`, `partitions` or `replicas` for what is none.
    """

    topic: str
    setting: str
    expected: str
    found: str

    @property
    def is_another(self) -> bool:
        """Whether another topic was made under the name."""
        return self.setting == "id" and self.found != MISSING

    def __str__(self) -> str:
        """One sentence for people."""
        return f"{self.topic}: {self.setting} is {self.found}, must be {self.expected}"
