"""What can be set from outside, read once: DESKLEDGER_… in the environment."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from deskledger.domain.errors import InvalidInput, invalid_input

_PREFIX = "DESKLEDGER_"


class Settings(BaseSettings):
    """Settings of one run; options of the command line go before them.

    Attributes:
        desk: the desk's directory.
        desk_key: the desk key itself, 32 bytes in base64url; unset means the file `desk.key`.
        agent: who acts: an agent's id, number, name or email; unset means the one made by init.
        language: of the texts for people.
        wait_seconds: how long to wait for a file that another process holds, for an owner of the
            tables that is too busy to greet, and for it to hold what the ledger holds.
        question_seconds, question_rows, question_mebibytes: what the owner of the tables gives to
            one question in SQL at most.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    desk: Path = Path("desk")
    desk_key: SecretStr | None = None
    agent: str | None = Field(default=None, alias="DESKLEDGER_AS")
    language: Literal["en", "zh"] = "en"
    wait_seconds: float = Field(default=30.0, gt=0)
    question_seconds: float = Field(default=300.0, gt=0)
    question_rows: int = Field(default=5_000_000, gt=0)
    question_mebibytes: int = Field(default=1_024, gt=0)


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        InvalidInput: one is not valid; it is named as it stands in the environment.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = [(_variable(name), why) for name, why in invalid_input(error).facts["problems"]]
        told = "; ".join(f"{name}: {why}" for name, why in problems)
        raise InvalidInput(told, problems=problems) from None


def _variable(name: str) -> str:
    return name if name.startswith(_PREFIX) else _PREFIX + name.upper()
