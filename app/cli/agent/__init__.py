"""Adding, changing and looking up agents."""

from deskledger.app.cli.agent import presence, profile, reading
from deskledger.app.cli.options import noun_app

app = noun_app()

for _name, _function in {
    "add": profile.add,
    "roles": profile.change_roles,
    "skills": profile.change_skills,
    "limits": profile.change_limits,
    "fields": profile.set_fields,
    "availability": presence.availability,
    "leave": profile.leave,
    "show": reading.show,
    "list": reading.list_agents,
}.items():
    app.command(_name)(_function)
