"""Run loads in rounds, each path between two runs of its yardstick, and keep what they gave."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from statistics import median
from typing import NoReturn

from tqdm import tqdm

from bench.databases import Installation
from bench.load import CONNECTIONS, LoadError, Measured, Request, pgbench, say, send
from bench.paths import VOTE_BY_KEY, Group, Path
from bench.processes import Product, Yardsticks, cpu_of
from bench.scene import Scene, ask
from bench.table import Row

LEDGER_LINES = "SELECT last_value FROM votes_voteevent_id_seq"
# Of votes drawn at random a few are there already.
FRESH_VOTES = 0.85
WARM_SECONDS = 1


@dataclass
class Bench:
    """One run: the product, the yardsticks beside it, and what has been measured so far, by name."""

    place: Installation
    product: Product
    scene: Scene
    yardsticks: Yardsticks
    seconds: float
    bar: "tqdm[NoReturn]"
    found: dict[str, list[Measured]] = field(default_factory=lambda: defaultdict(list))
    bases: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ratios: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    costs: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lags: list[float] = field(default_factory=list)

    def round(self, groups: Sequence[Group]) -> None:
        """Measure every group once."""
        for group in groups:
            before = self.base(group)
            rates = {path.name: self.measure(path).rate for path in group.paths}
            base = (before + self.base(group)) / 2
            self.bases[group.yardstick].append(base)
            for name, rate in rates.items():
                self.ratios[name].append(rate / base)

    def base(self, group: Group) -> float:
        if group.make is None:
            rate = pgbench(self.place.sockets, self.scene.search_statements(), seconds=self.seconds)
        else:
            rate = self.load(self.yardsticks, group.make(self.scene, self.seconds), group.yardstick).rate
        self._tell(group.yardstick, rate)
        return rate

    def measure(self, path: Path) -> Measured:
        """Load one path; keeps how far the fold fell behind meanwhile, if it votes by key."""
        with self._watching() if path.name == VOTE_BY_KEY else nullcontext():
            seen = self.load(self.product, path.make(self.scene, self.seconds), path.name, votes=path.votes)
        self.found[path.name].append(seen)
        self._tell(path.name, seen.rate)
        return seen

    def load(
        self,
        server: Product | Yardsticks,
        requests: Sequence[Request],
        name: str,
        *,
        votes: bool = False,
        connections: int = CONNECTIONS,
        seconds: float = 0,
    ) -> Measured:
        """Try one request, warm up, then send all; keep how much processor time one took, web and database together.

        Raises: LoadError where the answer is none, or where `votes` did not reach the ledger.
        """
        ask(server.url, requests[-1])
        if requests[-1].method == "GET":  # votes would not be new any more
            send(server.url, requests, seconds=WARM_SECONDS, connections=connections)
        lines, used = self.ledger_lines(), cpu_of(server.web, self.place.database_pid)
        seen = send(server.url, requests, seconds=seconds or self.seconds, connections=connections)
        used = cpu_of(server.web, self.place.database_pid) - used
        self.costs[name].append(1_000 * used / max(1, seen.requests))
        written = self.ledger_lines() - lines
        if votes and written < FRESH_VOTES * (seen.requests - seen.failed):
            raise LoadError(f"{name}: {written} of {seen.requests} votes reached the ledger")
        return seen

    def ledger_lines(self) -> int:
        with self.place.connected() as connection:
            (last,) = connection.execute(LEDGER_LINES).fetchone() or (0,)
        return int(last)

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Ask twice a second how long the oldest vote has waited to be folded."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.5):
                self.lags.append(fold_lag(self.product))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def _tell(self, name: str, rate: float) -> None:
        if self.bar.disable:  # no terminal
            say(f"{name}: {rate:,.0f}/s")
        self.bar.set_postfix_str(f"{name}: {rate:,.0f}/s")
        self.bar.update()

    # --- What came out ----------------------------------------------------------------------------------------

    def rate(self, name: str) -> float:
        return median(seen.rate for seen in self.found[name])

    def cost(self, name: str) -> float:
        """Return the processor time of one request in ms: steadier than rates on a machine that others use."""
        return median(self.costs[name])

    def failed(self, name: str) -> int:
        return sum(seen.failed for seen in self.found[name])

    def rows(self, groups: Sequence[Group]) -> list[Row]:
        return [self._row(group, path) for group in groups for path in group.paths]

    def _yardstick(self, group: Group) -> str:
        rate = f"{group.yardstick}: {median(self.bases[group.yardstick]):,.0f}/s"
        return f"{rate}, {self.cost(group.yardstick):.2f} ms CPU" if group.make else rate

    def _row(self, group: Group, path: Path) -> Row:
        p99 = median(seen.p99 for seen in self.found[path.name])
        empty = self.bases.get("emptiest view")
        return Row(
            path=path.name,
            figure=f"{self.rate(path.name):,.0f}/s, p99 {p99:,.0f} ms, {self.cost(path.name):.2f} ms CPU",
            yardstick=self._yardstick(group),
            value=median(self.ratios[path.name]),
            target=path.at_least,
            failed=self.failed(path.name),
            by_cpu=self.cost(group.yardstick) / self.cost(path.name) if group.make else None,
            pace=self.rate(path.name) / median(empty) if empty else None,
        )


def fold_lag(product: Product) -> float:
    """Return for how many seconds the oldest vote has waited, as `/readyz` tells."""
    return float(json.loads(ask(product.url, Request("/readyz")))["fold"]["seconds"])
