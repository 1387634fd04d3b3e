"""Who reads the tables at the command line, and so which tickets are shown to them."""

from deskledger.app.cli import lookup
from deskledger.app.cli.session import Session
from deskledger.projections.views.reader import Reader


def reader(session: Session) -> Reader:
    """Who looks: the agent who acts, now or at the point asked for, in the desk's zone."""
    agent = lookup.reader(session.desk, session.settings.agent)
    now = session.desk.clock() if session.past is None else session.past.at
    return Reader(agent, now, session.desk.document().zone)
