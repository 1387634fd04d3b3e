"""What can be set from outside, read once: DESKLEDGER_… in the environment."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one run; options of the command line go before them.

    Attributes:
        desk: the desk's directory.
        desk_key: the desk key itself, 32 bytes in base64url; unset means the file `desk.key`.
        agent: who acts: an agent's id, number, name or email; unset means the one made by init.
        language: of the texts for people.
        wait_seconds: how long to wait for a file that another process holds.
    """

    model_config = SettingsConfigDict(env_prefix="DESKLEDGER_", extra="forbid", frozen=True)

    desk: Path = Path("desk")
    desk_key: SecretStr | None = None
    agent: str | None = Field(default=None, alias="DESKLEDGER_AS")
    language: Literal["en", "zh"] = "en"
    wait_seconds: float = Field(default=30.0, gt=0)
