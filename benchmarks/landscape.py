"""How long a landscape takes and how much memory, from a hall to a million people; every stage, every digest.

`./onnuri bench landscape [--json] [--peer [red-dwarf]] [--only CASE,...]`: each case runs in a process of its own, so
that its peak memory is its own. Made-up people in four groups vote with noise; the votes are the same every time.
`--peer` runs red-dwarf 0.4.0 from the package index in an environment of its own, on the same votes in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from onnuri.conclusion.ballots import complete_from_votes
from onnuri.conclusion.rules import Rules
from onnuri.conclusion.shortlist import shortlist
from onnuri.landscape import Votes, fit
from onnuri.landscape.assembly import who_shapes, whom_to_learn_from
from onnuri.landscape.cells import Cells
from onnuri.landscape.factorise import factorise
from onnuri.landscape.figures import count_groups
from onnuri.landscape.floor import neighbourhood_floor
from onnuri.landscape.grid import WEIGHT_STEPS
from onnuri.landscape.groups import Grouping, find_groups, place_people
from onnuri.landscape.mixture import evidence_of
from onnuri.landscape.model import learned
from onnuri.landscape.parts import read_parts
from onnuri.landscape.updates import place_again
from onnuri.pipeline import conclude

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZES: Final = {
    "hall": (150, 42, 3_750),
    "1k": (1_000, 100, 5_000),
    "10k": (10_000, 300, 120_000),
    "30k": (30_000, 500, 600_000),
    "100k": (100_000, 1_000, 5_000_000),
    "1M": (1_000_000, 2_000, 50_000_000),
}
"""People, statements, votes."""
BARS: Final = {
    "hall": ("seconds", 0.2),
    "hall-conclusion": ("seconds", 2.0),
    "100k-all": ("seconds", 4.0),
    "100k-core": ("seconds", 1.5),
    "1M-all": ("seconds", 30.0),
    "update-touched": ("seconds", 0.05),
    "update-all": ("seconds", 0.5),
    "30k-same": ("ratio_to_peer", 100.0),
    "30k-all": ("ratio_to_peer", 40.0),
}
PEERS: Final = {"1k-all": "1k", "10k-all": "10k", "30k-same": "30k", "30k-all": "30k"}
"""Cases the peer can do, and their size."""
NEW_VOTES: Final = 10_000
HERE: Final = Path(__file__).resolve().parent


def main() -> int:
    """Measure, print, and say by the exit code whether every digest was the same."""
    parser = argparse.ArgumentParser(prog="./onnuri bench landscape", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--peer", nargs="?", const="red-dwarf", choices=("red-dwarf",), help="run it beside ours")
    parser.add_argument("--only", default="", help="cases, separated by commas")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case:
        print(json.dumps(measured(arguments.case)))
        return 0
    wanted = [c for c in CASES if not arguments.only or c in arguments.only.split(",")]
    python = peers_python() if arguments.peer else None
    rows = [in_own_process(case) for case in wanted]
    if python:
        beside_peer(rows, python)
    for row in rows:
        judge(row)
    print(json.dumps({"bench": "landscape", "machine": machine(), "rows": rows}) if arguments.json else table(rows))
    return 0 if all(row.get("same_digest", True) for row in rows) else 1


# --- the cases ------------------------------------------------------------------------------------------------


def measured(case: str) -> dict[str, Any]:
    """One case, in this process."""
    row = CASES[case]()
    row["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return {"case": case, **row}


def hall() -> dict[str, Any]:
    """A hall of 150: from the votes of a closed round to its landscape; the middle of nine."""
    columns = made_up("hall")
    seconds = []
    for _ in range(9):
        begin = time.perf_counter()
        landscape = fit(Votes(*columns))
        seconds.append(time.perf_counter() - begin)
    return {"seconds": round(sorted(seconds)[4], 3), "first": round(seconds[0], 3), "digest": landscape.digest}


def hall_conclusion() -> dict[str, Any]:
    """The same hall: from the ballots to slate, ratification and certificate."""
    votes = Votes(*made_up("hall"))
    landscape = fit(votes)
    ballots = complete_from_votes(landscape, [c.id for c in shortlist(landscape, 20)])
    begin = time.perf_counter()
    found = conclude(votes, Rules(), ballots=ballots, landscape=landscape)
    return {"seconds": round(time.perf_counter() - begin, 3), "lines": len(found.slate.statements)}


def everything(size: str) -> Callable[[], dict[str, Any]]:
    """Twins, space, floor, groups and figures, from columns; the first run on this machine compiles beforehand."""

    def run() -> dict[str, Any]:
        columns = made_up(size)
        warm_up(len(columns[0]))
        with stages() as told:
            begin = time.perf_counter()
            votes = Votes(*columns)
            built = time.perf_counter()
            landscape = fit(votes)
            end = time.perf_counter()
        digest = landscape.digest
        return {
            **shape(votes),
            "seconds": round(end - begin, 3),
            "stages": {"votes": round(built - begin, 3), **told},
            "k": landscape.k,
            "digest": digest,
            "digest_seconds": round(time.perf_counter() - end, 3),
        }

    return run


def same_steps(size: str) -> Callable[[], dict[str, Any]]:
    """Only what the peer does too: space, groups, figures per group."""

    def run() -> dict[str, Any]:
        columns = made_up(size)
        warm_up(len(columns[0]))
        begin = time.perf_counter()
        votes = Votes(*columns)
        k = _space_groups_figures(votes)
        return {**shape(votes), "seconds": round(time.perf_counter() - begin, 3), "k": k}

    return run


def _space_groups_figures(votes: Votes) -> int:
    shapes = who_shapes(votes)
    chosen = whom_to_learn_from(votes, shapes)
    rows = votes.rows.some(chosen)
    weight = np.full(rows.people, WEIGHT_STEPS, dtype=np.int64)
    model = learned(rows, factorise(rows, rank=4, weight=weight), weight, np.arange(1), find_groups)
    place = model.space.places(votes.rows)
    evidence = evidence_of(votes.rows, model.space, place, np.ones(len(place)), model.residual)
    assignment = np.where(shapes, place_people(model.grouping.posterior(evidence)), -1)
    count_groups(votes, assignment, model.grouping.k)
    return model.grouping.k


def without_twins_and_groups(size: str) -> Callable[[], dict[str, Any]]:
    """Space, floor and figures."""

    def run() -> dict[str, Any]:
        columns = made_up(size)
        warm_up(len(columns[0]))
        begin = time.perf_counter()
        votes = Votes(*columns)
        shapes = who_shapes(votes)
        chosen = whom_to_learn_from(votes, shapes)
        rows = votes.rows.some(chosen)
        weight = np.full(rows.people, WEIGHT_STEPS, dtype=np.int64)
        one_group = lambda _: Grouping(1, False, None)  # noqa: E731 - a rule in a word
        model = learned(rows, factorise(rows, rank=4, weight=weight), weight, np.arange(1), one_group)
        reading = read_parts(model, votes.rows, shapes, shapes * np.int64(WEIGHT_STEPS), np.full(len(shapes), -1))
        neighbourhood_floor(Cells(model.cells.centre, reading.cell_weight, reading.weighted, model.cells.shared))
        count_groups(votes, np.zeros(len(shapes), dtype=np.int64), 1)
        return {**shape(votes), "seconds": round(time.perf_counter() - begin, 3)}

    return run


def update_touched() -> dict[str, Any]:
    """10,000 new votes on 5 million: everybody who voted is placed again."""
    landscape, new = before_and_after()
    place_again(landscape, new)
    begin = time.perf_counter()
    found = place_again(landscape, new)
    return {"seconds": round(time.perf_counter() - begin, 3), "people": len(found.participants)}


def update_all() -> dict[str, Any]:
    """The same 10,000 votes: the whole picture refreshed, warm."""
    landscape, new = before_and_after()
    with stages() as told:
        begin = time.perf_counter()
        votes = landscape.votes.joined(new)
        built = time.perf_counter()
        warm = fit(votes, landscape)
        end = time.perf_counter()
    kept = int((warm.assignment == landscape.assignment[: len(warm.assignment)]).sum())
    return {
        **shape(votes),
        "seconds": round(end - begin, 3),
        "stages": {"votes": round(built - begin, 3), **told},
        "changed_group": len(warm.assignment) - kept,
    }


def before_and_after() -> tuple[Any, Votes]:
    """The landscape of 5 million votes, and 10,000 new ones."""
    people, statement, value = made_up("100k")
    draw = np.random.Generator(np.random.PCG64(5))
    who = draw.integers(0, SIZES["100k"][0], NEW_VOTES).astype(people.dtype)
    what = draw.integers(0, SIZES["100k"][1], NEW_VOTES).astype(statement.dtype)
    said = draw.choice(np.array([-1, 0, 1], dtype=np.int8), NEW_VOTES)
    return fit(Votes(people, statement, value)), Votes(who, what, said)


def cluster() -> dict[str, Any]:
    """The same votes on Dask distributed with two workers: the same digest."""
    from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra

    votes = Votes(*made_up("30k"))
    local = fit(votes)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as workers, Client(workers) as client:
        begin = time.perf_counter()
        spread = fit(votes, cluster=client)
        seconds = time.perf_counter() - begin
    return {
        **shape(votes),
        "seconds": round(seconds, 3),
        "digest": spread.digest,
        "same_digest": spread.digest == local.digest,
    }


def shuffled() -> dict[str, Any]:
    """The votes in another order."""
    columns = made_up("30k")
    # A pair may come twice; the last one counts, so only one of each pair is shuffled.
    votes = Votes(*columns)
    order = np.random.Generator(np.random.PCG64(1)).permutation(len(votes))
    again = Votes(votes.participant[order], votes.statement[order], votes.value[order])
    digests = [fit(v).digest for v in (votes, again)]
    return {**shape(votes), "digest": digests[0], "same_digest": digests[0] == digests[1]}


def plain() -> dict[str, Any]:
    """Without the compiled twin."""
    from onnuri.landscape import large  # noqa: PLC0415

    votes = Votes(*made_up("30k"))
    compiled = fit(votes).digest
    large.LARGE = 1 << 62
    begin = time.perf_counter()
    found = fit(votes)
    seconds = time.perf_counter() - begin
    return {
        **shape(votes),
        "seconds": round(seconds, 3),
        "digest": found.digest,
        "same_digest": found.digest == compiled,
    }


CASES: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "hall": hall,
    "hall-conclusion": hall_conclusion,
    "1k-all": everything("1k"),
    "10k-all": everything("10k"),
    "30k-same": same_steps("30k"),
    "30k-all": everything("30k"),
    "30k-shuffled": shuffled,
    "30k-plain": plain,
    "30k-cluster": cluster,
    "100k-core": without_twins_and_groups("100k"),
    "100k-all": everything("100k"),
    "update-touched": update_touched,
    "update-all": update_all,
    "1M-all": everything("1M"),
}


# --- votes ----------------------------------------------------------------------------------------------------


def made_up(size: str) -> tuple[Any, Any, Any]:
    """Columns of votes: four groups of 40, 30, 20 and 10 %, few who vote a lot, 12 % passes, 15 % noise."""
    people, statements, votes = SIZES[size]
    draw = np.random.Generator(np.random.PCG64(1))
    group = draw.choice(4, people, p=(0.4, 0.3, 0.2, 0.1))
    lean = draw.choice(np.array([-1, 1], dtype=np.int8), (4, statements))
    active = draw.lognormal(0, 0.8, people)
    each = np.clip(np.rint(active / active.mean() * votes / people), 1, statements).astype(np.int64)
    liked = draw.lognormal(0, 0.5, statements)
    edges = np.cumsum(liked / liked.sum())
    person = np.repeat(np.arange(people, dtype=np.int32), each)
    statement = np.empty(len(person), dtype=np.int16)
    value = np.empty(len(person), dtype=np.int8)
    for begin in range(0, len(person), 1 << 22):
        part = slice(begin, begin + (1 << 22))
        own = person[part]
        statement[part] = np.searchsorted(edges, draw.random(len(own))).clip(0, statements - 1)
        said = lean[group[own], statement[part]]
        chance = draw.random(len(own), dtype=np.float32)
        value[part] = np.where(chance < 0.12, 0, np.where(chance < 0.27, -said, said))
    return person, statement, value


def warm_up(votes: int) -> None:
    """Load the compiled twin beforehand where it will be used; compiling it happens once on a machine."""
    from onnuri.landscape import large  # noqa: PLC0415

    if large.compiled(votes) is not None:
        before, large.LARGE = large.LARGE, 0
        # Every fifth answers like an account that none of the others explains: there are pairs to look at.
        person, at = np.arange(2200 * 16) // 16, np.arange(2200 * 16) % 16
        said = np.where(person % 5, person % 2, at % 3 > 0)
        votes = Votes(person, (person * 3 + at * 5) % 80, np.where(said, 1, -1))
        landscape = fit(votes)
        fit(votes.joined(votes), landscape)
        place_again(landscape, votes)
        large.LARGE = before


def shape(votes: Votes) -> dict[str, int]:
    """What the case is of."""
    return {"people": votes.shape[0], "statements": votes.shape[1], "votes": len(votes)}


# --- measuring ------------------------------------------------------------------------------------------------


STAGES: Final = {
    "onnuri.landscape.model": {
        "factorise": "space",
        "canonical": "space",
        "weigh": "twins",
        "local_rates": "twins",
        "global_rates": "twins",
        "cells_of": "cells",
        "nearest": "cells",
        "count_by_place": "cells",
        "evidence_of": "groups",
        "residual_variance": "groups",
        "find_groups": "groups",
    },
    "onnuri.landscape.assembly": {"neighbourhood_floor": "floor", "counted": "figures"},
    "onnuri.landscape.fit": {
        "read_parts": "read everybody",
        "learn": "learn",
    },
}
"""Module -> function -> stage. `learn` and `read everybody` hold the others."""


@contextmanager
def stages() -> Iterator[dict[str, float]]:
    """Seconds of each stage, by wrapping the functions it consists of."""
    told: Counter[str] = Counter()
    before = []
    for module_name, functions in STAGES.items():
        module = sys.modules[module_name]
        for name, stage in functions.items():
            before.append((module, name, getattr(module, name)))
            setattr(module, name, _timed(getattr(module, name), stage, told))
    result: dict[str, float] = {}
    try:
        yield result
    finally:
        for module, name, function in before:
            setattr(module, name, function)
        result.update({stage: round(seconds, 3) for stage, seconds in told.items()})


def _timed(function: Callable[..., Any], stage: str, told: Counter[str]) -> Callable[..., Any]:
    @wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        begin = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            told[stage] += time.perf_counter() - begin

    return timed


def in_own_process(case: str) -> dict[str, Any]:
    """Run one case in a fresh interpreter."""
    tell(case)
    done = subprocess.run(
        [sys.executable, __file__, "--case", case], check=True, capture_output=True, text=True, timeout=1200
    )
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return row


# --- the peer -------------------------------------------------------------------------------------------------


PEER_PROGRAM: Final = """
import json, resource, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
from reddwarf.implementations.polis import run_pipeline
columns = np.load(sys.argv[1])
names = ("participant_id", "statement_id", "vote")
votes = [dict(zip(names, row)) for row in zip(*(columns[n].tolist() for n in names))]
begin = time.perf_counter()
run_pipeline(votes=votes, random_state=1)
print(json.dumps({"seconds": time.perf_counter() - begin,
                  "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def peers_python() -> str:
    """Python of the peer's own environment, made from its locked requirements on first use."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "onnuri" / "peers" / "landscape"
    python = home / "bin" / "python"
    stamp = home / "made"
    if not stamp.exists():
        tell("making the peer's environment")
        venv.create(home, with_pip=True, clear=True)
        locked = HERE / "peers" / "landscape.txt"
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", locked], check=True, stdout=sys.stderr
        )
        stamp.touch()
    return str(python)


def beside_peer(rows: list[dict[str, Any]], python: str) -> None:
    """Run the peer on the votes of every case it can do."""
    done: dict[str, dict[str, float]] = {}
    for row in rows:
        if (size := PEERS.get(row["case"])) is None:
            continue
        if size not in done:
            tell(f"red-dwarf {size}")
            done[size] = _peer(size, python)
        peer = done[size]
        row["peer"] = {"name": "red-dwarf 0.4.0", **{k: round(v, 2) for k, v in peer.items()}}
        row["ratio_to_peer"] = round(peer["seconds"] / row["seconds"], 1)


def _peer(size: str, python: str) -> dict[str, float]:
    votes = Votes(*made_up(size))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "votes.npz"
        np.savez(path, participant_id=votes.participant, statement_id=votes.statement, vote=votes.value)
        done = subprocess.run(
            [python, "-c", PEER_PROGRAM, str(path)], check=True, capture_output=True, text=True, timeout=1200
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


# --- what is said ---------------------------------------------------------------------------------------------


def judge(row: dict[str, Any]) -> None:
    """Put the bar beside the figure."""
    if (bar := BARS.get(row["case"])) and bar[0] in row:
        name, value = bar
        row["bar"] = {name: value}
        row["met"] = row[name] >= value if name == "ratio_to_peer" else row[name] <= value


def machine() -> dict[str, Any]:
    """What this ran on."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "load": os.getloadavg(),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The rows for reading."""
    lines = [f"{'case':16} {'seconds':>9} {'MB':>6} {'peer':>9} {'ratio':>7}  bar"]
    for row in rows:
        peer = row.get("peer", {}).get("seconds", "")
        bar = "" if "bar" not in row else f"{row['bar']} {'met' if row['met'] else 'MISSED'}"
        seconds = row.get("seconds", "")
        lines.append(
            f"{row['case']:16} {seconds:>9} {row['peak_mb']:>6} {peer:>9} {row.get('ratio_to_peer', ''):>7}  {bar}"
        )
    return "\n".join(lines)


def tell(what: str) -> None:
    """Progress."""
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
