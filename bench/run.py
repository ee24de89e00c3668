"""Measure the product on a filled database and print one table: `make bench`, or `python -m bench.run --help`."""

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict

from tqdm import tqdm

from bench import singles
from bench.callers import make_callers
from bench.data import SIZES
from bench.databases import Installation, ensure, installation, refresh
from bench.documents import write_table
from bench.load import LoadError, require_wrk, say
from bench.measuring import Bench
from bench.paths import GROUPS, Group
from bench.processes import serving, yardsticks
from bench.scene import Scene
from bench.table import Row, as_text, missed
from ideation.embedded import hold_services

SESSIONS = 5_000


def main() -> None:
    options = _options()
    # Whoever ends a run ends what it started: the servers leave by the same door.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        require_wrk()
        rows = run(installation(SIZES[options.size]), options)
    except LoadError as error:
        sys.exit(f"bench: {error}")
    print(as_text(rows, in_colour=sys.stdout.isatty()))
    if options.json:
        options.json.write(json.dumps([asdict(row) for row in rows]))
    if options.write:
        write_table(rows, options.size)
    if names := missed(rows):
        sys.exit("missed: " + "; ".join(names))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="100k")
    parser.add_argument("--rounds", type=int, default=3, help="of each path between its yardsticks; medians count")
    parser.add_argument("--seconds", type=float, default=5, help="of each load")
    parser.add_argument("--only", default="", help="only groups with a path or yardstick that contains this")
    parser.add_argument("--keep", action="store_true", help="go on with the database as the last run left it")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    parser.add_argument("--json", type=argparse.FileType("w"), help="write the rows to this file, too")
    return parser.parse_args()


def run(place: Installation, options: argparse.Namespace) -> list[Row]:
    if ensure(place):
        say(f"made {place.var_dir}")
    if not options.keep:
        with hold_services(place.var_dir):
            refresh(place)
    groups = [group for group in GROUPS if _is_wanted(group, options.only)]
    loads = options.rounds * sum(len(group.paths) + 2 for group in groups)
    with _started(place, options.seconds, loads) as bench:
        return _measured(bench, groups, options)


def _is_wanted(group: Group, only: str) -> bool:
    return any(only in name for name in (group.yardstick, *(path.name for path in group.paths)))


@contextmanager
def _started(place: Installation, seconds: float, loads: int) -> Iterator[Bench]:
    with ExitStack() as stack:
        product = stack.enter_context(serving(place))  # starts the services too, as for a user
        stack.enter_context(hold_services(place.var_dir))
        beside = stack.enter_context(yardsticks(place, product))
        scene = Scene(place, make_callers(place, min(SESSIONS, place.size.people // 10)), product.url)
        bar = stack.enter_context(tqdm(total=loads, desc="loads", unit="", disable=None))
        yield Bench(place, product, scene, beside, seconds, bar)


def _measured(bench: Bench, groups: Sequence[Group], options: argparse.Namespace) -> list[Row]:
    bench.round(groups)
    before = bench.product.memory()
    for _ in range(options.rounds - 1):
        bench.round(groups)
    rows = bench.rows(groups)
    if options.only:
        return rows
    rows += singles.even_votes(bench)
    for measure in (
        singles.hot_while_read,
        singles.hot_while_fold_stands,
        singles.votes_beside_reports,
        singles.fold_rate,
        singles.waiting_times,
        singles.overload,
        singles.start,
    ):
        rows += measure(bench)
    return rows + singles.memory(bench, before)


if __name__ == "__main__":
    main()
