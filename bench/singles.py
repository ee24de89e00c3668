"""What is measured once, not in rounds: waiting times, a hot idea, the fold, overload, memory, start."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

from bench.databases import ROOT
from bench.load import Measured, Request, sending
from bench.measuring import Bench
from bench.paths import HOT_VOTE, LIST_SIGNED_IN, VOTE_BY_KEY
from bench.table import Row

HIGH = 64
FOLD_STOPPED_SECONDS = 60
READ_EVERY_MS = 50
REPORTS_PER_SECOND, REPORTERS = 200, 8
FOLDED_EVENTS = {"1k": 20_000, "100k": 300_000, "1m": 300_000}

CAST = """
WITH drawn AS (
    SELECT DISTINCT 1 + floor(%(ideas)s * random() ^ 3)::bigint AS idea_id,
                    1 + floor(%(people)s * random())::bigint AS voter_id
    FROM generate_series(1, %(votes)s)
), voted AS (
    INSERT INTO votes_vote (idea_id, voter_id, value, at) SELECT idea_id, voter_id, 1, clock_timestamp() FROM drawn
    ORDER BY random() ON CONFLICT DO NOTHING RETURNING idea_id, voter_id, at
)
INSERT INTO votes_voteevent (idea_id, voter_key, old_value, new_value, at)
SELECT v.idea_id, k.key, 0, 1, v.at FROM voted v JOIN votes_voterkey k ON k.person_id = v.voter_id"""
FOLD = """
import json, time
from votes.folding import fold
begun = time.perf_counter()
folded = fold()
print(json.dumps({"lines": folded.lines, "seconds": time.perf_counter() - begun}))"""


def waiting_times(bench: Bench) -> list[Row]:
    searched = bench.load(bench.product, bench.scene.searches(), "search", connections=1)
    typed = bench.load(bench.product, bench.scene.typed_titles(), "similar", connections=2)
    return [
        _p95("search, JSON, two words, 1 connection: p95", searched, 100),
        _p95("similar while typing, 2 connections: p95", typed, 150),
    ]


def _p95(path: str, seen: Measured, most_ms: float) -> Row:
    figure = f"{seen.rate:,.0f}/s, p50 {seen.p50:.0f} ms"
    return Row(path, figure, value=seen.p95, kind="≤", target=most_ms, unit="ms", failed=seen.failed)


def even_votes(bench: Bench) -> list[Row]:
    """How a vote's slowest times compare to its usual ones, and how far the fold fell behind under that load."""
    seen = bench.found[VOTE_BY_KEY]
    p50, p99 = median(one.p50 for one in seen), median(one.p99 for one in seen)
    spread = median(one.p99 / one.p50 for one in seen)
    hot = [hot.rate / even.rate for hot, even in zip(bench.found[HOT_VOTE], seen, strict=True)]
    return [
        Row("vote, API key: p99 / p50", f"{p50:.1f} ms, {p99:.1f} ms", value=spread, kind="≤", target=8),
        Row("hot idea / spread votes", f"{bench.rate(HOT_VOTE):,.0f}/s", VOTE_BY_KEY, median(hot), target=0.9),
        Row(
            "fold: lag at full vote load",
            f"{len(bench.lags)} looks, median {median(bench.lags):.1f} s",
            value=max(bench.lags),
            kind="≤",
            target=2,
            unit="s",
        ),
    ]


def hot_while_read(bench: Bench) -> list[Row]:
    """Votes on one idea against spread ones, while somebody reads that idea's page forty times a second."""
    reads = [Request(bench.scene.by_votes[0].path)]
    with sending(bench.product.url, reads, seconds=10 * bench.seconds, connections=2, pause_ms=READ_EVERY_MS):
        return [_hot_against_spread(bench, "hot idea / spread, its page read", turns=2, seconds=bench.seconds)]


def hot_while_fold_stands(bench: Bench) -> list[Row]:
    turns = 2
    with bench.product.fold_stopped():
        seconds = max(bench.seconds, FOLD_STOPPED_SECONDS / (2 * turns))
        return [_hot_against_spread(bench, "hot idea / spread, fold stopped", turns=turns, seconds=seconds)]


def _hot_against_spread(bench: Bench, name: str, *, turns: int, seconds: float) -> Row:
    ratios, failed, rates = [], 0, []
    for _ in range(turns):
        spread = _vote(bench, bench.scene.votes_by_key(seconds), seconds)
        hot = _vote(bench, bench.scene.votes_on_one(seconds), seconds)
        ratios.append(hot.rate / spread.rate)
        rates.append(hot.rate)
        failed += spread.failed + hot.failed
    return Row(name, f"{median(rates):,.0f}/s", VOTE_BY_KEY, median(ratios), target=0.9, failed=failed)


def _vote(bench: Bench, requests: list[Request], seconds: float) -> Measured:
    return bench.load(bench.product, requests, VOTE_BY_KEY, votes=True, seconds=seconds)


def votes_beside_reports(bench: Bench) -> list[Row]:
    """Votes with and without 200 reports of views a second beside them, in turns."""
    ratios, rates, failed = [], [], 0
    for _ in range(3):
        alone = _vote(bench, bench.scene.votes_by_key(bench.seconds), bench.seconds)
        reports, pause = bench.scene.reports(), round(1_000 * REPORTERS / REPORTS_PER_SECOND)
        with sending(bench.product.url, reports, seconds=bench.seconds + 3, connections=REPORTERS, pause_ms=pause):
            beside = _vote(bench, bench.scene.votes_by_key(bench.seconds), bench.seconds)
        ratios.append(beside.rate / alone.rate)
        rates.append(beside.rate)
        failed += alone.failed + beside.failed
    name = f"{VOTE_BY_KEY}, beside {REPORTS_PER_SECOND} reports/s"
    return [Row(name, f"{median(rates):,.0f}/s", VOTE_BY_KEY, median(ratios), target=0.9, failed=failed)]


def overload(bench: Bench) -> list[Row]:
    """The same load from 64 connections as from 16, in turns."""
    votes = partial(bench.scene.votes_by_key, bench.seconds)
    lists = bench.scene.signed_in_lists
    return [
        _overloaded(bench, f"{HIGH} connections: {VOTE_BY_KEY}", votes),
        _overloaded(bench, f"{HIGH} connections: {LIST_SIGNED_IN}", lists),
    ]


def _overloaded(bench: Bench, name: str, make: Callable[[], list[Request]]) -> Row:
    ratios, rates, failed = [], [], 0
    for _ in range(2):
        usual = bench.load(bench.product, make(), name)
        high = bench.load(bench.product, make(), name, connections=HIGH)
        ratios.append(high.rate / usual.rate)
        rates.append(high.rate)
        failed += high.failed + usual.failed
    return Row(name, f"{median(rates):,.0f}/s", "16 connections", median(ratios), target=0.8, failed=failed)


def fold_rate(bench: Bench) -> list[Row]:
    """Fold many votes at once, with nobody else folding; the first fold takes what loads have left."""
    size = bench.place.size
    with bench.product.fold_stopped():
        _fold(bench)
        with bench.place.connected() as connection:
            votes = FOLDED_EVENTS[size.name]
            connection.execute(CAST, {"ideas": size.ideas, "people": size.people, "votes": votes})
        lines, seconds = _fold(bench)
    rate, most = lines / seconds, bench.rate(VOTE_BY_KEY)
    empty = bench.bases.get("emptiest view")
    return [
        Row(
            "fold: votes a second",
            f"{rate:,.0f}/s ({lines:,} in {seconds:.1f} s)",
            f"{VOTE_BY_KEY}: {most:,.0f}/s",
            rate / most,
            target=50,
            pace=rate / median(empty) if empty else None,
        )
    ]


def _fold(bench: Bench) -> tuple[int, float]:
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", FOLD]
    for _ in range(10):
        done = subprocess.run(
            command, cwd=ROOT, env=bench.place.environment(), check=False, stdout=subprocess.PIPE, text=True
        )
        if done.returncode == 0:
            told = json.loads(done.stdout.splitlines()[-1])
            return told["lines"], told["seconds"]
    raise RuntimeError("another fold was at work all the time")


def memory(bench: Bench, before: dict[str, float]) -> list[Row]:
    """Args: `before`, what was used when every path had been asked once."""
    now = bench.product.memory()
    rows = []
    for name, label, most in (("web", "memory, web worker", 180), ("celery", "memory, Celery worker", 200)):
        figure = f"{before[name]:.0f} MB after a round"
        rows.append(Row(label, figure, value=now[name], kind="≤", target=most, unit="MB"))
        rows.append(Row(f"{label}: end / after a round", figure, value=now[name] / before[name], kind="≤", target=1.1))
    return rows


def start(bench: Bench) -> list[Row]:
    checks = [_check_seconds(bench) for _ in range(3)]
    return [
        Row("start to ready", "services stopped before", value=bench.product.started_in, kind="≤", target=10, unit="s"),
        Row("manage.py check", "median of 3", value=median(checks), kind="≤", target=2, unit="s"),
    ]


def _check_seconds(bench: Bench) -> float:
    begun = time.perf_counter()
    bench.place.manage("check")
    return time.perf_counter() - begun
