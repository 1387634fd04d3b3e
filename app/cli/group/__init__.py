"""Forming, changing and looking up groups."""

from deskledger.app.cli.group import forming, reading
from deskledger.app.cli.options import noun_app

app = noun_app()

for _name, _function in {
    "form": forming.form,
    "add-member": forming.add_member,
    "remove-member": forming.remove_member,
    "lead": forming.lead,
    "close": forming.close,
    "fields": forming.set_fields,
    "show": reading.show,
    "list": reading.list_groups,
}.items():
    app.command(_name)(_function)
