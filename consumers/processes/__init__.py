"""Process managers: they follow the ledger and answer what happens with commands."""
