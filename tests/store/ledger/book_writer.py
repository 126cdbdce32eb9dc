"""Writes into the ledger named on the command line beside others that do the same, and says what became of it.

Call: book_writer.py URL NAME, where NAME is look…, use…, count or record…; each begins when a line comes in.
"""

from __future__ import annotations

import sys
from datetime import timedelta

from ledger_records import START, append_study

from catalogue.fair.usage.rules import count_visits
from catalogue.store.ledger import Ledger
from catalogue.store.observations import Observation
from catalogue.store.usage import Visit

ROUNDS = 40


def visits(name: str, number: int) -> list[Visit]:
    """One that every process has, and two of its own, in the hour that is counted meanwhile and in the next."""
    at = START + timedelta(seconds=number)
    return [
        Visit(session, "idr:1", "request", "x", moment, "regular", "idr", "study", 10)
        for session, moment in (("all", at), (name, at), (name, at + timedelta(hours=1)))
    ]


def main() -> None:
    """Prints, for uses, how many came too late; else the number of rounds."""
    url, name = sys.argv[1:]
    with Ledger(url, lambda: START + timedelta(hours=1, minutes=10), create=False) as ledger:
        print("ready", flush=True)
        sys.stdin.readline()
        said = 0
        for number in range(ROUNDS):
            if name.startswith("look"):
                ledger.observations.add(Observation(name, f"idr:{part}", "pass", str(number)) for part in range(5))
            elif name.startswith("use"):
                said += ledger.usage.add(visits(name, number))
            elif name == "count":
                ledger.usage.fold(count_visits)
            else:
                with ledger.transaction() as writer:
                    append_study(writer, f"idr:{name}.{number}")
        print(said if name.startswith("use") else ROUNDS, flush=True)


if __name__ == "__main__":
    main()
