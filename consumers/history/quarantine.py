"""Why a row cannot become a command."""

from __future__ import annotations

from deskledger.domain.errors import DeskError


class RowQuarantined(DeskError):
    """The row cannot be turned into a command; it is set aside and the import goes on.

    Attributes:
        reason: a stable name, under which the report counts such rows.
        detail: what stands in the row, and what was expected.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}", reason=reason, detail=detail)
        self.reason = reason
        self.detail = detail
