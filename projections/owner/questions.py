"""The questions that can be asked by name."""

from collections.abc import Mapping
from typing import Any

from deskledger.domain.errors import InvalidInput
from deskledger.projections import queries
from deskledger.projections.clock_watch import clock_watch, clocked_tickets, waiting_clocks
from deskledger.projections.digests import digest
from deskledger.projections.due import due_page
from deskledger.projections.figures import figures
from deskledger.projections.lists import customer_list, eventful_ticket, subjects, ticket_list
from deskledger.projections.open_tickets import last_ticket, open_tickets, parked_tickets
from deskledger.projections.question import Question
from deskledger.projections.table_files import write_tables
from deskledger.projections.timeline import customer_timeline
from deskledger.projections.views.pages import view_counts, view_page

QUESTIONS: Mapping[str, Question[..., Any]] = {
    question.name: question
    for question in (
        queries.queue_page,
        queries.oldest_open,
        queries.status_counts,
        queries.ticket_history,
        queries.find_tickets,
        queries.parked,
        ticket_list,
        customer_list,
        customer_timeline,
        subjects,
        eventful_ticket,
        digest,
        figures,
        write_tables,
        clock_watch,
        clocked_tickets,
        waiting_clocks,
        open_tickets,
        last_ticket,
        parked_tickets,
        view_page,
        view_counts,
        due_page,
    )
}


def question_of(name: str) -> Question[..., Any]:
    """The question of a name.

    Raises:
        InvalidInput: there is none.
    """
    if name not in QUESTIONS:
        raise InvalidInput(f"There is no question {name!r}.", question=name)
    return QUESTIONS[name]
