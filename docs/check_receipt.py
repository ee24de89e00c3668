"""Check a receipt against the export of its board: python3 check_receipt.py EXPORT.csv RECEIPT.json

Needs nothing but Python. Ends with 0 and one line if all is well, else with 1 and what is wrong.
"""

import csv
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby, takewhile
from pathlib import Path
from typing import Any

CONTENT = ("publication", "idea", "voter", "old", "new", "nonce")

Row = dict[str, str]


def hash_of(row: Row) -> str:
    return hashlib.sha256(",".join(row[name] for name in CONTENT).encode()).hexdigest()


def check(export: Iterable[Row], receipt: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong. What was published after the receipt is of no account."""
    missing = {line["hash"]: line for line in receipt["lines"]}
    digest, rows = bytes(32), 0
    known = takewhile(lambda row: int(row["publication"]) <= receipt["publication"], export)
    for _publication, added in groupby(known, key=lambda row: row["publication"]):
        chain = hashlib.sha256(digest)
        for row in added:
            rows += 1
            chain.update(bytes.fromhex(row["hash"]))
            yield from (f"row {rows} {problem}" for problem in check_row(row, receipt["voters"], missing))
        digest = chain.digest()
    if (rows, digest.hex()) != (receipt["rows"], receipt["digest"]):
        yield f"the export up to publication {receipt['publication']} is not the one of the receipt"
    yield from (
        f"your vote on idea {line['idea']} in publication {line['publication']} is missing" for line in missing.values()
    )


def check_row(row: Row, voters: dict[str, str], missing: dict[str, Row]) -> Iterator[str]:
    """Check one row, and take it out of `missing` if it is the voter's. Blank: its idea is not public any more.

    `voters` is the voter's pseudonym on each idea.
    """
    mine = missing.pop(row["hash"], None)
    if row["voter"] and hash_of(row) != row["hash"]:
        yield "is not what its hash was made of"
    if row["voter"] and row["voter"] == voters.get(row["idea"]) and mine is None:
        yield "counts a vote under your pseudonym that your receipt does not have"
    if mine and (hash_of(mine) != mine["hash"] or mine["voter"] != voters.get(mine["idea"])):
        yield "is in your receipt, but says something else there"


def main(export: str, receipt: str) -> int:
    with Path(export).open(encoding="utf-8", newline="") as lines:
        found = list(check(csv.DictReader(lines), json.loads(Path(receipt).read_text(encoding="utf-8"))))
    sys.stdout.write("".join(f"{problem}\n" for problem in found) or "Your votes are counted as you gave them.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
