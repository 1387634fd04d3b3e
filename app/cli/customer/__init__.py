"""Registering, changing and looking up customers."""

from deskledger.app.cli.customer import (
    addresses,
    attributes,
    listing,
    moving,
    reading,
    standing,
    timeline,
)
from deskledger.app.cli.options import noun_app

app = noun_app()

for _name, _function in {
    "add": addresses.add,
    "add-address": addresses.add_address,
    "remove-address": addresses.remove_address,
    "move-address": moving.move_address,
    "merge": moving.merge,
    "tier": standing.tier,
    "organisation": standing.organisation,
    "manager": standing.manager,
    "block": standing.block,
    "unblock": standing.unblock,
    "tag": attributes.tag,
    "fields": attributes.fields,
    "reference": attributes.reference,
    "show": reading.show,
    "list": listing.list_customers,
    "contacts": listing.contacts,
    "timeline": timeline.timeline,
}.items():
    app.command(_name)(_function)
