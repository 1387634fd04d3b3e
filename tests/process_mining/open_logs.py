"""Run by the Python that has pm4py: opens logs and writes what pm4py found in them as JSON.

python open_logs.py LOG.xes LOG.json LOG.sqlite FOUND.json
"""

import json
import sys
from pathlib import Path
from typing import Any

import pm4py
from pm4py.objects.ocel.validation import ocel20_rel_validation

EVENT, OBJECT, KIND, TYPE, TIME = (
    "ocel:eid",
    "ocel:oid",
    "ocel:type",
    "ocel:activity",
    "ocel:timestamp",
)


def told_xes(path: str) -> dict[str, Any]:
    """Traces by name, and which event directly followed which how often."""
    log = pm4py.read_xes(path)
    follows, starts, ends = pm4py.discover_dfg(log)
    net, *_ = pm4py.discover_petri_net_inductive(log)
    columns = ["case:concept:name", "concept:name", "time:timestamp", "org:resource", "status"]
    return {
        "events": _rows(log, columns),
        "follows": [[*pair, count] for pair, count in follows.items()],
        "starts": starts,
        "ends": ends,
        "transitions": sorted({one.label for one in net.transitions if one.label}),
    }


def told_ocel(path: str) -> dict[str, Any]:
    """Events, objects, their relations, and which activities of tickets follow each other."""
    log = pm4py.read_ocel2(path)
    flat = pm4py.ocel_flattening(log, "ticket")
    changes = log.object_changes
    return {
        "events": _rows(log.events, [EVENT, TYPE, TIME]),
        "objects": _rows(log.objects, [OBJECT, KIND]),
        "relations": _rows(log.relations, [EVENT, OBJECT]),
        "owners": _rows(log.o2o, [OBJECT, f"{OBJECT}_2", "ocel:qualifier"]),
        "statuses": [
            [one[OBJECT], one["status"], one[TIME].isoformat()]
            for one in changes[changes["ocel:field"] == "status"].to_dict("records")
        ],
        "cases": _rows(flat, ["case:concept:name", "concept:name", "time:timestamp"]),
    }


def _rows(frame: Any, columns: list[str]) -> list[list[Any]]:
    times = {
        column: frame[column].map(lambda at: at.isoformat())
        for column in columns
        if "time" in column
    }
    rows: list[list[Any]] = frame.assign(**times)[columns].values.tolist()
    return rows


def main(xes: str, ocel: str, database: str, found: str) -> None:
    """Opens the three and writes what was found."""
    told = {
        "pm4py": pm4py.__version__,
        "xes": told_xes(xes),
        "json": told_ocel(ocel),
        "sqlite": told_ocel(database),
        "unsatisfied": ocel20_rel_validation.apply(database)[1],
    }
    Path(found).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
