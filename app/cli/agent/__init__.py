"""Adding, changing and looking up agents."""

from deskledger.app.cli.lazy import Entry, lazy_app

COMMANDS = {
    "add": Entry("agent.profile", "Let a person join the desk's side.", "add"),
    "roles": Entry(
        "agent.profile", "Set what the agent may do; no role takes all away.", "change_roles"
    ),
    "skills": Entry(
        "agent.profile",
        "Set what the agent can do, and the languages spoken; what is not stated stays.",
        "change_skills",
    ),
    "limits": Entry(
        "agent.profile",
        "Set how many tickets the agent works on at a time; nothing stated means no limits.",
        "change_limits",
    ),
    "fields": Entry(
        "agent.profile", "Set fields of the agent; an empty text clears one.", "set_fields"
    ),
    "availability": Entry(
        "agent.presence",
        "Say whether an agent takes work, and through which channels.",
        "availability",
    ),
    "leave": Entry(
        "agent.profile",
        "Let the agent leave the desk; nothing can be assigned to them afterwards.",
        "leave",
    ),
    "show": Entry("agent.reading", "Show an agent.", "show"),
    "list": Entry("agent.reading", "List the agents, read from the ledger itself.", "list_agents"),
}

app = lazy_app(COMMANDS)
