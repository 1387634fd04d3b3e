"""Registering, changing and looking up customers."""

from deskledger.app.cli.lazy import Entry, lazy_app

COMMANDS = {
    "add": Entry("customer.addresses", "Register a customer with an address.", "add"),
    "add-address": Entry(
        "customer.addresses",
        "Let one more address lead to the customer; or verify one that does.",
        "add_address",
    ),
    "remove-address": Entry(
        "customer.addresses",
        "Take an address away from the customer; it may lead to somebody else then.",
        "remove_address",
    ),
    "move-address": Entry(
        "customer.moving",
        "Let an address that leads to another customer lead to this one; it must be verified.",
        "move_address",
    ),
    "merge": Entry(
        "customer.moving",
        "Merge two customers who are one: the older entry stays, whichever is named first.",
        "merge",
    ),
    "tier": Entry("customer.standing", "Set the customer's tier of service.", "tier"),
    "organisation": Entry(
        "customer.standing", "Set the organisation that the customer belongs to.", "organisation"
    ),
    "manager": Entry("customer.standing", "Set the agent who looks after the customer.", "manager"),
    "block": Entry("customer.standing", "Refuse the customer's own tickets and messages.", "block"),
    "unblock": Entry(
        "customer.standing", "Allow the customer's own tickets and messages again.", "unblock"
    ),
    "tag": Entry("customer.attributes", "Add tags to the customer, and remove others.", "tag"),
    "fields": Entry(
        "customer.attributes",
        "Set fields of the customer; an empty text clears one, NAME:=JSON is other than text.",
        "fields",
    ),
    "reference": Entry(
        "customer.attributes", "Tie the customer to things in other systems.", "reference"
    ),
    "show": Entry("customer.reading", "Show a customer, read from the ledger itself.", "show"),
    "list": Entry(
        "customer.listing", "List customers by number, read from the tables.", "list_customers"
    ),
    "contacts": Entry(
        "customer.listing",
        "List the persons who belong to an organisation, read from the tables.",
        "contacts",
    ),
    "timeline": Entry(
        "customer.timeline",
        "Show every contact, ticket and change of a customer in order, read from the tables.",
        "timeline",
    ),
}

app = lazy_app(COMMANDS)
