"""The report of a rehearsal, as one document and in words."""

from __future__ import annotations

import resource
import sys
from typing import TYPE_CHECKING, Any

from onnuri.rehearsal.diary import share_of, turnout_s

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnuri.rehearsal.diary import RoundNotes
    from onnuri.rehearsal.hall import Hall
    from onnuri.rehearsal.plan import Plan
    from onnuri.rehearsal.proof import Kept

Report = dict[str, Any]


def report_of(plan: Plan, hall: Hall, kept: Mapping[int, Kept], *, seconds: float) -> Report:
    """Everything measured. `ok` only if every answer is in the record once, as it was given.

    Milliseconds are of the phones' clock. `close_to_screens` counts from the host's key, with the signed grace in it.
    """
    diary = hall.diary
    rounds = [_round(notes, kept[number]) for number, notes in sorted(diary.rounds.items())]
    return {
        "simulated": True,
        "ok": all(k.whole for k in kept.values()),
        "code": hall.code,
        "hall": plan.hall,
        "online": plan.online,
        "loss": plan.loss,
        "outage_s": plan.outage_s,
        "seconds": round(seconds, 1),
        "made": sum(r["made"] for r in rounds),
        "stored": sum(r["stored"] for r in rounds),
        "missing": sum(r["missing"] for r in rounds),
        "doubled": sum(r["doubled"] for r in rounds),
        "rounds": rounds,
        "first_page_bytes": share_of(diary.pages, 0.5),
        "codes_lost_at_joining": diary.codes_lost,
        "lost_on_purpose": dict(sorted((hall.network.lost + diary.lost).items())),
        "errors": dict(sorted(diary.errors.items())),
        "polled": diary.polled,
        "reconnect_ms": _spread(diary.reconnected_s),
        "after_outage_ms": _spread(diary.after_outage_s),
        "client_memory_mb": round(memory_mb(), 1),
    }


def _round(notes: RoundNotes, kept: Kept) -> Report:
    closed = notes.closed
    screens = [] if closed is None else [at - closed for at in notes.shown.values()]
    return {
        "round": notes.number,
        "kind": notes.kind,
        "people": len({voice for voice, _ in notes.made}),
        "made": len(notes.made),
        "requests": notes.requests,
        "retried": notes.retried,
        "refused": dict(sorted(notes.refused.items())),
        "stored": kept.stored,
        "late": kept.late,
        "missing": kept.missing,
        "doubled": kept.doubled,
        "changed": kept.changed,
        "request_ms": _spread(notes.asked_s),
        "turnout_ms": _spread(turnout_s(notes)),
        "close_to_screens_ms": _spread(screens),
        "screens": len(screens),
    }


def _spread(seconds: Sequence[float]) -> Report:
    """p50, p95, p99 and the largest, in milliseconds."""
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: _ms(share_of(seconds, share)) for name, share in shares.items()}


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 1)


def memory_mb() -> float:
    """The most memory this process has had."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def words_of(report: Report) -> str:
    """The report for people."""
    who = f"{report['hall']:,} in the hall, {report['online']:,} online"
    network = f"loss {report['loss']:.0%}, outage {report['outage_s']:g} s"
    lines = [
        f"REHEARSAL, everybody in it simulated: {who}, {network}, {report['seconds']:,.0f} s in all",
        "",
        *(line for r in report["rounds"] for line in _round_words(r)),
        f"door, room and the scripts they load: {report['first_page_bytes'] or 0:,} bytes a phone, pages not zipped",
        f"lost on purpose: {_listed(report['lost_on_purpose'])}; other errors: {_listed(report['errors'])}",
    ]
    if report["codes_lost_at_joining"]:
        lines.append(f"{report['codes_lost_at_joining']} codes went with their lost answers; the desk gave new ones")
    if report["after_outage_ms"]["max"] is not None:
        own, all_ = report["reconnect_ms"], report["after_outage_ms"]
        lines.append(
            f"after the outage: a phone follows again {_spoken(own)} after it found the network, the last one "
            f"{all_['max'] / 1000:.1f} s after the outage's end"
        )
    lines.append(f"memory of this client: {report['client_memory_mb']:,.0f} MB")
    whole = f"{report['made']:,} answers made, {report['stored']:,} in the record"
    wrong = f"{report['missing']:,} MISSING, {report['doubled']:,} DOUBLED"
    lines.append(f"{whole}: nothing lost, nothing doubled" if report["ok"] else f"{whole}: {wrong}")
    return "\n".join(lines)


def _round_words(r: Report) -> list[str]:
    late = f", {r['late']:,} late" if r["late"] else ""
    refused = f", refused {_listed(r['refused'])}" if r["refused"] else ""
    whole = (
        f"{r['kind']} (round {r['round']}): {r['people']:,} people, {r['made']:,} answers, "
        f"{r['requests']:,} requests, {r['retried']:,} of them again; stored {r['stored']:,}{late}, "
        f"missing {r['missing']:,}, doubled {r['doubled']:,}{refused}"
    )
    return [
        whole,
        f"  request {_spoken(r['request_ms'])}; vote to big screen {_spoken(r['turnout_ms'])}",
        f"  close to {r['screens']:,} screens {_spoken(r['close_to_screens_ms'])}",
        "",
    ]


def _spoken(spread: Report) -> str:
    if spread["p50"] is None:
        return "not measured"
    return (
        f"p50 {spread['p50']:,.0f} / p95 {spread['p95']:,.0f} / p99 {spread['p99']:,.0f} / max {spread['max']:,.0f} ms"
    )


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {what}" for what, n in counts.items()) or "none"
