"""The command line: a thin layer over the pure core and the actions. Progress on stderr, results on stdout."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from onnuri import __version__
from onnuri.errors import BadInput, Refusal
from onnuri.folder import Folder
from onnuri.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnuri.record.finding import Report
    from onnuri.serving import Tls


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 checked and not right, 2 could not be done."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except BadInput as problem:
        return _say(str(problem))
    except Refusal as refusal:
        return _say(_sentence(refusal))
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as problem:
        return _say(f"{problem.filename or 'file'}: {problem.strerror or problem}")


def _say(line: str) -> int:
    print(f"onnuri: {line}", file=sys.stderr)
    return 2


def _sentence(refusal: Refusal) -> str:
    from onnuri.messages import message

    return message(refusal, "en")


def _step(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onnuri", description="A hall and people online reach one conclusion.")
    parser.add_argument("--version", action="version", version=f"onnuri {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    _serve_options(commands)
    _command(commands, "demo", _demo, "make a sample conference with simulated people, marked as such")

    _export_options(commands)

    verify = _command(commands, "verify", _verify, "check a record: digests, signature, and everything recomputed")
    verify.add_argument("record")
    verify.add_argument("--key", metavar="FINGERPRINT", help="of the key it must be signed by, as the stage shows it")
    verify.add_argument("--rows", metavar="AUDITOR.zip", help="the auditor's file of a record whose rows are sealed")
    verify.add_argument("--json", action="store_true")

    places = _command(
        commands, "verify-places", _verify_places, "check a published log of places: nobody was put before"
    )
    places.add_argument("log", metavar="LOG.json", help="as /e/SLUG/order.json gives it once registration is closed")
    places.add_argument("--receipt", metavar="WORD", help="and one's own receipt against it")
    places.add_argument("--key", metavar="HEX", help="the server's key, as its order page shows it; else the log's own")
    places.add_argument("--json", action="store_true")

    importing = _command(commands, "import", _import, "store an export as a conversation")
    importing.add_argument("export")

    replay = _command(commands, "replay", _replay, "vote an export again over HTTP, by as many participants")
    replay.add_argument("export")
    replay.add_argument("--url", required=True, help="the host's link of the conversation")
    replay.add_argument("--rounds", type=int, default=3)
    replay.add_argument("--record", metavar="OUT.zip", help="save the record")
    replay.add_argument("--rounds-only", action="store_true", help="end after the rounds: no ballots, no record")

    _commands_that_keep(commands)
    _rehearse_options(commands)

    conference = commands.add_parser("conference", help="conferences").add_subparsers(required=True, metavar="ACT")
    new = _command(conference, "new", _conference_new, "make a conference; prints its host's link")
    new.add_argument("--slug", required=True)
    new.add_argument("--seats", type=int, default=150)
    new.add_argument("--title", default="")
    new.add_argument("--lang", choices=LANGUAGES, default="ko", help="of the title")
    for moment in ("--opens", "--starts", "--ends"):
        new.add_argument(moment, metavar="ISO8601", type=datetime.fromisoformat)

    organiser = commands.add_parser("organiser", help="accounts of organisers").add_subparsers(
        required=True, metavar="ACT"
    )
    add = _command(organiser, "add", _organiser_add, "make an account an organiser's; prints a link to set a password")
    add.add_argument("email", metavar="EMAIL")

    account = commands.add_parser("account", help="accounts").add_subparsers(required=True, metavar="ACT")
    for name, active, said in (
        (
            "suspend",
            False,
            "nobody signs in by it any more, nor is signed in; its words and the links it was given stay",
        ),
        ("restore", True, "it may sign in again"),
    ):
        one = _command(account, name, _account_active, said)
        one.add_argument("email", metavar="EMAIL")
        one.set_defaults(active=active)

    conversation = commands.add_parser("conversation", help="conversations").add_subparsers(
        required=True, metavar="ACT"
    )
    new = _command(conversation, "new", _conversation_new, "make a conversation; prints its code and host's link")
    new.add_argument("--question", required=True)
    new.add_argument("--lang", choices=LANGUAGES, default="ko", help="of the question and the seeds")
    new.add_argument("--conference", metavar="SLUG")
    new.add_argument("--seeds", metavar="FILE", help="one statement a line; an empty file = none")
    new.add_argument("--policy", choices=("open", "code", "ticket"), default="open")
    new.add_argument("--open", action="store_true", help="open the first round")
    new.add_argument("--is-no-poll", action="store_true", help="the question is for or against no candidate or party")
    return parser


def _commands_that_keep(commands: Any) -> None:  # noqa: ANN401 - argparse names no such type
    backup = _command(commands, "backup", _backup, "everything of the data folder in one file, also while it is served")
    backup.add_argument("file", metavar="FILE")

    restore = _command(
        commands, "restore", _restore, "make the data folder what it was, after every digest was checked"
    )
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--replace", action="store_true", help="move aside what is there; nothing is deleted")


def _export_options(commands: Any) -> None:  # noqa: ANN401 - argparse names its type privately
    landscape = _command(commands, "landscape", _landscape, "what the votes of an export say")
    landscape.add_argument("export")
    landscape.add_argument("--json", metavar="FILE", default="-", help="where to write it; - = stdout")
    landscape.add_argument("--cluster", metavar="ADDRESS", help="scheduler of a Dask cluster that reads the people")

    conclude = _command(commands, "conclude", _conclude, "a slate, its certificate and a record from an export")
    conclude.add_argument("export")
    conclude.add_argument("--size", type=int, default=5)
    conclude.add_argument("--record", metavar="OUT.zip", required=True)
    conclude.add_argument("--html", metavar="OUT.html")
    conclude.add_argument("--lang", choices=LANGUAGES, default="en", help="labels of the HTML page")


def _serve_options(commands: Any) -> None:  # noqa: ANN401
    serve = _command(commands, "serve", _serve, "serve the data folder (the default)")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=int(os.environ.get("ONNURI_PORT", "8000")))
    serve.add_argument("--hall", action="store_true", help="bind to the hall's network; prints address and QR")
    serve.add_argument("--tls-cert", metavar="FILE", help="serve https with this certificate (PEM, its chain after it)")
    serve.add_argument("--tls-key", metavar="FILE", help="its private key (PEM)")
    serve.add_argument("--socket", metavar="PATH", help="a unix socket instead of a port, for a proxy on this machine")
    serve.add_argument("--no-sample", action="store_true", help="no sample conference in an empty folder")


def _rehearse_options(commands: Any) -> None:  # noqa: ANN401
    rehearse = _command(commands, "rehearse", _rehearse, "play a sitting with simulated phones, on a copy")
    rehearse.add_argument("url", metavar="HOST_LINK", help="the host's link of the conversation; it stays untouched")
    rehearse.add_argument("--hall", type=int, default=150, help="phones in the hall")
    rehearse.add_argument("--online", type=int, default=50, help="phones online")
    rehearse.add_argument("--loss", type=float, default=0.0, help="share of requests or answers that get lost")
    rehearse.add_argument("--outage", type=_seconds, default=0.0, metavar="60s", help="the hall is cut off so long")
    rehearse.add_argument("--rounds", type=int, default=2, help="rounds of voting")
    rehearse.add_argument("--minutes", type=float, default=1.0, help="how long each of them lasts")
    rehearse.add_argument("--json", metavar="FILE", help="the report as JSON; - = stdout")
    rehearse.add_argument("--keep", action="store_true", help="do not delete the copy; prints its host's link")


def _command(commands: Any, name: str, run: Any, help_text: str) -> argparse.ArgumentParser:  # noqa: ANN401
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(run=run)
    return parser


# ---- the pure core -------------------------------------------------------------------------------------------


def _landscape(arguments: argparse.Namespace) -> int:
    from onnuri.landscape import Votes, fit
    from onnuri.landscape.document import landscape_document

    _step(f"reading {arguments.export}")
    votes = Votes.read(arguments.export)
    _tell_ignored(votes.ignored)
    _step(f"fitting {len(votes.participants)} people, {len(votes.statements)} statements, {len(votes)} votes")
    text = json.dumps(landscape_document(fit(votes, cluster=arguments.cluster)), ensure_ascii=False)
    if arguments.json == "-":
        print(text)
    else:
        Path(arguments.json).write_text(text + "\n", encoding="utf-8")
    return 0


def _tell_ignored(ignored: Any) -> None:  # noqa: ANN401 - a mapping
    for reason, rows in sorted(ignored.items()):
        _step(f"left out: {rows} votes ({reason})")


def _conclude(arguments: argparse.Namespace) -> int:
    from onnuri.landscape.export import read_export
    from onnuri.pipeline import export_record

    if not 1 <= arguments.size <= 20:  # noqa: PLR2004
        return _say("--size: 1 to 20 lines")
    folder = Folder.of_environment()
    folder.make()
    _step(f"reading {arguments.export}")
    export = read_export(arguments.export)
    found, sealed = export_record(export, size=arguments.size, pem=folder.signing_key, say=_step)
    Path(arguments.record).write_bytes(sealed.data)
    if arguments.html:
        from onnuri.record.report import report_page

        Path(arguments.html).write_text(report_page(sealed, language=arguments.lang), encoding="utf-8")
    chosen = found.slate.statements
    _step(f"{len(chosen)} lines proposed" if chosen else "no common conclusion")
    print(sealed.digest)
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from onnuri.pipeline import conclude
    from onnuri.record.verify import verify

    report = verify(
        Path(arguments.record), conclude, key=arguments.key, rows=Path(arguments.rows) if arguments.rows else None
    )
    if arguments.json:
        findings = [vars(f) for f in report.findings]
        told = {"ok": report.ok, "digest": report.digest, "key": report.key, "findings": findings}
        print(json.dumps(told, ensure_ascii=False))
    else:
        _print_report(report, compared=arguments.key is not None)
    return 0 if report.ok else 1


def _verify_places(arguments: argparse.Namespace) -> int:
    from onnuri.conference.checking import check
    from onnuri.conference.ledger import read_receipt
    from onnuri.errors import BadInput, Refusal

    try:
        log = json.loads(Path(arguments.log).read_text("utf-8"))
    except ValueError as problem:
        raise BadInput(arguments.log, f"is no JSON ({problem})") from None
    if not isinstance(log, dict) or not isinstance(log.get("entries"), list):
        raise BadInput(arguments.log, "has no entries: the log is published when registration is closed")
    try:
        key = arguments.key or str(log.get("key", ""))
        receipt = read_receipt(arguments.receipt, key) if arguments.receipt else None
    except Refusal as refusal:
        raise BadInput("--receipt", RECEIPT_PROBLEMS[refusal.key]) from None
    told = check(log, receipt)
    if arguments.json:
        print(json.dumps({"ok": told.holds, **vars(told)}, ensure_ascii=False))
        return 0 if told.holds else 1
    for found in told.problems:
        print(f"FAIL {found}")
    print(f"{told.entries} entries, {told.counts.get('claim', 0)} claims, places now: {_counted(told.places)}")
    moved = told.counts.get("move", 0) + told.counts.get("add", 0)
    print(f"{moved} moved or added by organisers, {told.passed_over} passed over who had a voice online")
    print(f"{told.absent} passed over who were not at the door")
    print(f"digest {told.digest}")
    if receipt is not None and told.holds:
        print(f"your receipt, number {receipt.seq}, is in it as it was given")
    print("nobody was put before anybody" if told.holds else f"{len(told.problems)} problems")
    return 0 if told.holds else 1


RECEIPT_PROBLEMS: Final = {
    "receipt_shape": "is no receipt: copy it from its first letter to its last",
    "receipt_signature": "was not signed by this key",
}


def _counted(places: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {place}" for place, count in sorted(places.items())) or "none"


def _print_report(report: Report, *, compared: bool) -> None:
    from onnuri.record.finding import AUDITOR

    for finding in report.findings:
        mark = "FAIL" if not finding.ok else "--  " if finding.how == AUDITOR else "ok  "
        print(f"{mark} {finding.what} ({finding.how})" + (f": {finding.detail}" if finding.detail else ""))
    failed = [f for f in report.findings if not f.ok]
    print(f"digest {report.digest}")
    if report.key is not None:
        own = "" if compared else ": is it the one on the stage or the organiser's page? (--key FINGERPRINT)"
        print(f"key {report.key}{own}")
    if not failed and report.unchecked:
        print(f"everything that can be checked without the rows holds; {report.unchecked} are left to the auditors")
        return
    print("everything holds" if not failed else f"{len(failed)} of {len(report.findings)} checks do not hold")


# ---- beside or as the server ---------------------------------------------------------------------------------


def _django() -> Folder:
    """The data folder made, Django ready, the database of today's shape."""
    folder = Folder.of_environment()
    try:
        folder.make()
    except OSError as problem:
        raise BadInput(str(folder.path), f"the data folder cannot be written ({problem.strerror})") from problem
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onnuri.settings")
    import django
    from django.core.management import call_command
    from django.db import DatabaseError

    django.setup()
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as problem:
        where = "DATABASE_URL" if os.environ.get("DATABASE_URL") else str(folder.database)
        raise BadInput(where, f"the database cannot be reached ({str(problem).splitlines()[0]})") from problem
    return folder


def _now() -> datetime:
    return datetime.now(tz=UTC)


def _serve(arguments: argparse.Namespace) -> int:
    from onnuri import serving
    from onnuri.proxies import trusted_proxies

    host = "0.0.0.0" if arguments.hall else arguments.host  # noqa: S104 - asked for by --hall
    door = serving.Door(
        host,
        arguments.port,
        hall=arguments.hall,
        tls=_tls(arguments),
        socket=arguments.socket,
        proxies=trusted_proxies(os.environ),
    )
    if (problem := door.problem()) is not None:
        return _say(problem)
    from onnuri.live.smtp import Post
    from onnuri.live.translators import translator_of_environment

    # What cannot be meant is said before anything starts.
    Post.of_environment("")
    translator_of_environment()
    folder = _django()
    if not arguments.no_sample:
        _sample_of_first_start(folder)
    serving.serve(folder, door)
    return 0


def _tls(arguments: argparse.Namespace) -> Tls | None:
    from onnuri.serving import Tls
    from onnuri.tls import require_usable

    if not (arguments.tls_cert or arguments.tls_key):
        return None
    if not (arguments.tls_cert and arguments.tls_key):
        raise BadInput("--tls-cert, --tls-key", "give both: the certificate and its key")
    if arguments.socket:
        raise BadInput("--socket", "the proxy in front speaks TLS; leave --tls-cert and --tls-key to it")
    names = require_usable(arguments.tls_cert, arguments.tls_key, at=_now())
    return Tls(arguments.tls_cert, arguments.tls_key, tuple(names))


def _sample_of_first_start(folder: Folder) -> None:
    from onnuri.conference.models import Conference
    from onnuri.conversation.models import Conversation
    from onnuri.live.sample import make_sample

    if Conference.objects.exists() or Conversation.objects.exists():
        return
    _step("first start: a sample conference with simulated people")
    folder.keep_sample(make_sample(at=_now(), pem=folder.signing_key))


def _demo(_arguments: argparse.Namespace) -> int:
    folder = _django()
    from onnuri.live.sample import make_sample

    made = make_sample(at=_now(), pem=folder.signing_key)
    folder.keep_sample(made)
    link = f"{folder.address()}/host/c/{made['code']}?key={made['key']}"
    print(json.dumps({"slug": made["slug"], "code": made["code"], "host": link, "simulated": True}))
    return 0


def _conference_new(arguments: argparse.Namespace) -> int:
    folder = _django()
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_slug

    from onnuri.conference.actions import create_conference
    from onnuri.conference.programme import check_span

    try:
        validate_slug(arguments.slug)
    except ValidationError:
        return _say("--slug: letters, digits, - and _ only")
    opens, starts, ends = (_moment(m) for m in (arguments.opens, arguments.starts, arguments.ends))
    check_span(starts, ends)
    conference, key = create_conference(
        slug=arguments.slug,
        title={arguments.lang: arguments.title or arguments.slug},
        capacity=arguments.seats,
        at=_now(),
        opens_at=opens,
        starts_at=starts,
        ends_at=ends,
    )
    link = f"{folder.address()}/host/e/{conference.slug}?key={key}"
    print(json.dumps({"slug": conference.slug, "host": link, "page": f"{folder.address()}/e/{conference.slug}"}))
    return 0


def _moment(written: datetime | None) -> datetime | None:
    """A moment without an offset is the installation's."""
    return written if written is None or written.tzinfo else written.astimezone()


def _organiser_add(arguments: argparse.Namespace) -> int:
    folder = _django()
    from onnuri.people.inviting import make_organiser
    from onnuri.web.account.letters import password_path

    account = make_organiser(arguments.email, at=_now())
    link = f"{folder.address()}{password_path(account)}"
    _step("the link works once, for a day; run this again for a new one")
    print(json.dumps({"email": account.email, "link": link}))
    return 0


def _account_active(arguments: argparse.Namespace) -> int:
    _django()
    from onnuri.people.inviting import set_active

    account = set_active(arguments.email, active=arguments.active, at=_now())
    print(json.dumps({"email": account.email, "suspended": not account.is_active}))
    return 0


def _conversation_new(arguments: argparse.Namespace) -> int:
    folder = _django()
    from onnuri.conference.queries import conference_by_slug
    from onnuri.conversation.actions import create_conversation
    from onnuri.conversation.election import require_no_election
    from onnuri.conversation.template import rules_of_policy, seeds_of_template
    from onnuri.publishing import sitting

    seeds = seeds_of_template(arguments.lang)
    if arguments.seeds is not None:
        lines = Path(arguments.seeds).read_text(encoding="utf-8").splitlines()
        seeds = [(line.strip(), arguments.lang) for line in lines if line.strip()]
    if arguments.open and not seeds:
        return _say("--open: a round needs statements; leave --open out or give --seeds")
    require_no_election([arguments.question], is_no_poll=arguments.is_no_poll, field="question")
    conversation, key = create_conversation(
        question={arguments.lang: arguments.question},
        rules=rules_of_policy(arguments.policy),
        seeds=seeds,
        at=_now(),
        conference=conference_by_slug(arguments.conference) if arguments.conference else None,
    )
    if arguments.open:
        sitting.open_vote_round(code=conversation.code, at=_now(), pem=folder.signing_key)
    address = folder.address()
    made = {
        "code": conversation.code,
        "host": f"{address}/host/c/{conversation.code}?key={key}",
        "join": f"{address}/c/{conversation.code}",
        "stage": f"{address}/stage/{conversation.code}",
    }
    print(json.dumps(made))
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from onnuri.landscape.export import kept_votes, read_export

    _step(f"reading {arguments.export}")
    export = read_export(arguments.export)
    votes = kept_votes(export)
    _tell_ignored(votes.ignored)
    folder = _django()
    from onnuri.publishing.importing import store_export

    conversation, key = store_export(export, votes, at=_now(), pem=folder.signing_key)
    link = f"{folder.address()}/host/c/{conversation.code}?key={key}"
    _step("the landscape is computed by the server, now or at its next start")
    print(json.dumps({"code": conversation.code, "host": link, "people": len(votes.participants), "votes": len(votes)}))
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    from onnuri.backup.taking import take

    file, url = Path(arguments.file), os.environ.get("DATABASE_URL", "")
    manifest = take(Folder.of_environment(), url, file, at=_now(), tell=_step)
    _step(f"{file}: {file.stat().st_size} bytes")
    _step("whoever has this file has every key: keep it as you keep them")
    print(json.dumps({"file": str(file), **_told(manifest)}))
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from onnuri.backup.restoring import restore

    folder, url = Folder.of_environment(), os.environ.get("DATABASE_URL", "")
    manifest = restore(folder, url, Path(arguments.file), at=_now(), replace=arguments.replace, tell=_step)
    _step(f"{folder.path} is as it was at {manifest['at']}")
    if manifest["aside"]:
        _step(f"what was there is kept in {manifest['aside']}")
    print(json.dumps({"folder": str(folder.path), "aside": manifest["aside"], **_told(manifest)}))
    return 0


def _told(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {name: manifest[name] for name in ("version", "at", "database", "counts")}


def _replay(arguments: argparse.Namespace) -> int:
    from onnuri.replay import replay

    result = replay(
        arguments.export,
        arguments.url,
        rounds=arguments.rounds,
        record=arguments.record,
        say=_step,
        onward=not arguments.rounds_only,
    )
    print(json.dumps(result))
    return 0 if result["arrived"] and result["verified"] is not False else 1


def _seconds(written: str) -> float:
    """`60`, `60s` or `10m` as seconds."""
    number, unit = (written[:-1], written[-1]) if written[-1:] in {"s", "m"} else (written, "s")
    return float(number) * (60 if unit == "m" else 1)


def _rehearse(arguments: argparse.Namespace) -> int:
    from onnuri.rehearsal.command import rehearse_on_copy
    from onnuri.rehearsal.plan import Plan
    from onnuri.rehearsal.report import words_of

    plan = Plan(
        hall=arguments.hall,
        online=arguments.online,
        loss=arguments.loss,
        outage_s=arguments.outage,
        rounds=arguments.rounds,
        round_s=60 * arguments.minutes,
    )
    plan.require_possible()
    report = rehearse_on_copy(plan, arguments.url, keep=arguments.keep, say=_step)
    text = json.dumps(report, ensure_ascii=False)
    if arguments.json == "-":
        print(text)
    else:
        if arguments.json:
            Path(arguments.json).write_text(text + "\n", encoding="utf-8")
        print(words_of(report))
    return 0 if report["ok"] else 1
