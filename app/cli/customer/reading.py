"""Looking up customers."""

from typing import Any

from deskledger.app.cli import lookup
from deskledger.app.cli.command import command
from deskledger.app.cli.customer.naming import CustomerName, customer_stream
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.sheets import (
    field_values,
    present_fields,
    present_personal,
    show_sheet,
)
from deskledger.app.cli.shown.telling import Teller
from deskledger.domain.customer.state import CustomerState
from deskledger.eventlog.writing.streams import Loaded


@command
def show(session: Session, customer: CustomerName) -> None:
    """Show a customer, read from the ledger itself."""
    loaded = session.desk.writer.streams.load(customer_stream(session, customer))
    if session.as_json:
        session.answer(_object(loaded))
        return
    state, teller = loaded.state, Teller(session)
    standing = {name: held.present for name, held in state.standing.items()}
    organisation = standing["organisation"]
    shown = {
        **field_values(teller, state),
        "kind": session.code("kind", state.kind),
        "addresses": teller.value("", _present(state.identities)),
        "tier": teller.value("tier", standing["tier"]),
        "organisation": organisation and teller.value("customer", organisation),
        "account_manager": teller.value("account_manager", standing["account_manager"]),
        "blocked": session.say("yes") if standing["blocked"] else None,
        "merged_into": state.merged_into and teller.value("customer", state.merged_into),
        "tags": teller.value("tags", _tags(state)),
        "references": teller.value("", _present(state.references)),
        "version": str(state.version),
        "id": lookup.part(loaded.stream),
    }
    show_sheet(session, session.say("noun.customer", name=loaded.number), shown)


def _object(loaded: Loaded) -> dict[str, Any]:
    state: CustomerState = loaded.state
    return {
        "number": loaded.number,
        "id": lookup.part(loaded.stream),
        "version": loaded.version,
        "kind": state.kind,
        **{name: held.present for name, held in state.standing.items()},
        "merged_into": state.merged_into,
        "fields": present_fields(state),
        "personal_fields": present_personal(state),
        "identities": [one.model_dump() for one in _present(state.identities)],
        "tags": _tags(state),
        "references": [one.model_dump(mode="json") for one in _present(state.references)],
        "registered_at": state.began_at,
    }


def _tags(state: CustomerState) -> list[str]:
    return sorted(tag for tag, held in state.tags.items() if held.present)


def _present(held: Any) -> tuple[Any, ...]:
    return tuple(one.present for one in held.values() if one.present is not None)
