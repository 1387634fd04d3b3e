"""No personal value can be found in the bytes of the desk's files."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.eventlog.vault.sealing import Sealer
from deskledger.eventlog.vault.vault import Vault
from tests.eventlog.build import DESK, Chain, new_ledger, ticket
from tests.eventlog.child import start
from tests.eventlog.test_sealing import Path as PersonalPath
from tests.patience import PATIENCE_SECONDS

KEY = bytes(range(32))
PATHS = (PersonalPath(("text",), "text"), PersonalPath(("personal_fields", "*")))

markers = st.text("abcdefghijklmnopqrstuvwxyz客户的手机号码是", min_size=16, max_size=60)


@settings(max_examples=5, deadline=None)
@given(markers)
def test_no_personal_value_of_16_letters_stands_in_ledger_wal_or_vault(marker: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        Vault.create(directory, DESK, KEY)
        with new_ledger(directory) as ledger, Vault.open(directory, DESK, KEY) as vault:
            note = {
                "type": "NoteAdded",
                "text": f"It says {marker}.",
                "personal_fields": {"name": {"before": None, "after": marker, "since": None}},
            }
            sealed = Sealer(vault).seal(ticket(1), note, PATHS, "customer/c")
            ledger.append([Chain(ticket(1)).next(events=2), Chain(ticket(2)).next()])
            chain = Chain(ticket(3))
            ledger.append([chain.next(event=sealed)])
            # The files are looked at from outside: here that would drop SQLite's locks.
            open_files = start("count_markers", directory, marker.encode().hex())
            assert open_files.communicate(timeout=PATIENCE_SECONDS)[0] == "0 in 6 files\n"
            assert b"personal_fields" in ledger.history(ticket(3))[0].value
        closed_files = start("count_markers", directory, marker.encode().hex())
        assert closed_files.communicate(timeout=PATIENCE_SECONDS)[0] == "0 in 2 files\n"
