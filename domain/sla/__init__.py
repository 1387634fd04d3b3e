"""Service levels: calendars, policies, and the clocks that follow from a ticket's history. Pure."""
