"""deskledger: an event-sourced service-operations backend."""

__version__ = "0.1.0"
