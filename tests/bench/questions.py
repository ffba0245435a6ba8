"""The library itself. Times are CPU seconds of this process unless said otherwise."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import planning
from planning.audit.draft import draft
from planning.audit.statements import claims_names, load_statements
from planning.audit.verdicts import audit
from planning.models.queueing.erlang import wait_probability
from planning.questions.sampling import sample
from tests.fused import fused

ROUNDS = 15


def cpu(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median CPU time of a call, after one call to warm up. [s]"""
    work()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def import_time(module: str, rounds: int = 7) -> float:
    """Return the median wall time that an import adds to a bare interpreter. [s]"""

    def once(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - start

    pairs = [(once("pass"), once(f"import {module}")) for _ in range(rounds)]
    return statistics.median(loaded - bare for bare, loaded in pairs)


def line(name: str, value: str, note: str = "") -> None:
    """Print one aligned line."""
    print(f"{name:<58}{value:>12}  {note}")


def ratio_to_fused(count: int = 10_000) -> None:
    """Print how much slower draws are as a program than as numpy written by hand."""
    system = planning.load_system("live_stream_limits")
    found = sample(system, count)
    users, every = np.full(count, found.users), np.arange(count)
    values = {path: each.estimate.value for path, each in system.inputs.items()} | found.draws
    # By turns, so that what else the machine does hits both alike.
    pairs = [
        (
            cpu(lambda: found.model.used(users, found.draws, every), rounds=3),
            cpu(lambda: fused(users, values), rounds=3),
        )
        for _ in range(ROUNDS)
    ]
    program, by_hand = (statistics.median(each) for each in zip(*pairs, strict=True))
    line(
        f"live_stream_limits: {count:,} draws as a program", f"{program * 1e3:.1f} ms",
        f"{program / by_hand:.2f} times numpy written by hand ({by_hand * 1e3:.1f} ms)",
    )  # fmt: skip


def main() -> None:
    """Run and print everything."""
    systems = {name: planning.load_system(name) for name in planning.system_names()}
    users = np.geomspace(1, 1e7, 10_000)
    rng = np.random.default_rng(0)
    for module in ("planning", "numpy", "pandas", "altair"):
        line(f"import {module}", f"{import_time(module) * 1e3:.0f} ms", "wall, on top of python")
    for name, system in systems.items():
        one = cpu(lambda system=system: planning.assess(system, 10_000))
        sweep = cpu(lambda system=system: planning.assess(system, users).utilisation)
        edge = cpu(lambda system=system: planning.capacity(system))
        phases = cpu(lambda system=system: planning.ladder(system))
        drawn = {
            path: rng.uniform(estimate.low, estimate.high, 10_000)
            for path, (estimate, _) in system.inputs.items()
            if estimate.low is not None and not estimate.whole
        }
        sampled = system.at(drawn, note=None)
        draws = cpu(lambda sampled=sampled: planning.assess(sampled, 10_000).utilisation)
        found = cpu(lambda system=system: planning.sample(system, 10_000), rounds=5)
        held = cpu(lambda system=system: planning.sample(system, 10_000).capacity, rounds=5)
        line(f"{name}: assess one number of users", f"{one * 1e3:.2f} ms")
        line(
            f"{name}: assess 10,000 numbers in one call", f"{sweep * 1e3:.1f} ms",
            f"{one * 10_000 / sweep:,.0f} times as fast as one by one",
        )  # fmt: skip
        line(
            f"{name}: assess 10,000 draws of {len(drawn)} inputs", f"{draws * 1e3:.1f} ms",
            f"{one * 10_000 / draws:,.0f} times as fast as one by one",
        )  # fmt: skip
        line(
            f"{name}: sample 10,000 draws, all constraints", f"{found * 1e3:.0f} ms",
            "drawn, fitted and run as a program",
        )  # fmt: skip
        line(f"{name}: capacity of each of 10,000 draws", f"{(held - found) * 1e3:.0f} ms")
        line(f"{name}: capacity of every constraint", f"{edge * 1e3:.1f} ms", f"{edge / one:.0f} ×")
        line(f"{name}: all phases", f"{phases * 1e3:.1f} ms")
    ratio_to_fused()
    documents = {name: load_statements(name) for name in claims_names()}
    count = sum(len(each.claims) for each in documents.values())
    audits = cpu(lambda: [audit(each) for each in documents.values()], rounds=5)
    line(f"audit of all {count} statements", f"{audits * 1e3:.0f} ms", "systems loaded before")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.md"
        piece = "The 500 users send 20 requests/s and wait ~50 - 100 ms for 3 open tickets.\n"
        path.write_text(piece * (9_990_000 // len(piece)), encoding="utf-8")
        line("draft of a document of 10 MB", f"{cpu(lambda: draft(path), rounds=3):.1f} s")
    load, servers = np.linspace(1, 9_000, 100_000), np.full(100_000, 9_500.0)
    line(
        "Erlang C, 100,000 evaluations",
        f"{cpu(lambda: wait_probability(load, servers)) * 1e3:.0f} ms",
    )
