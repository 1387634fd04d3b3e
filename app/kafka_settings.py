"""How the brokers of a desk on Kafka are reached: DESKLEDGER_KAFKA_… in the environment.

Passwords are read from there alone; no file of a desk holds one, and no message tells one.
"""

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from deskledger.domain.errors import InvalidInput, invalid_input
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.stated import PREFIX, StatedSettings


class KafkaEnvironment(StatedSettings, BaseSettings):
    """The settings, read from the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)


def kafka_settings() -> KafkaSettings:
    """How the brokers are reached.

    Raises:
        InvalidInput: a setting is not valid; it is named as it stands in the environment.
    """
    try:
        return KafkaEnvironment().settings()
    except ValidationError as error:
        problems = invalid_input(error).facts["problems"]
        told = "; ".join(f"{PREFIX}{name.upper()}: {why}" for name, why in problems)
        raise InvalidInput(told, problems=problems) from None
