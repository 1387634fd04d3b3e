"""The results of the fault matrix: a line for each fault and seed, and the table of them all.

`python -m tests.kafka.faults.results LINES` writes docs/faults.md from the lines of a run.
"""

import json
import os
from pathlib import Path
from typing import Any

SEEDS = "FAULT_SEEDS"
RESULTS = "FAULT_RESULTS"


def seeds() -> range:
    """The seeds that each fault is run with."""
    return range(int(os.environ.get(SEEDS, "1")))


def keep(fault: str, seed: int, figures: dict[str, Any]) -> None:
    """Writes down what a run showed, where somebody wants to know."""
    if path := os.environ.get(RESULTS):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"fault": fault, "seed": seed, **figures}) + "\n")
