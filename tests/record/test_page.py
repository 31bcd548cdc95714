"""record.html in the zip: it holds the record, says what it is, and cannot be exchanged unnoticed."""

import json
import re
from dataclasses import replace

import pytest
from tests.record.sittings import (
    TEXTS,
    checked,
    failed,
    files_of,
    paged,
    resealed,
    sitting,
    sitting_without_conclusion,
    zip_of,
)

from onnuri.cli import main
from onnuri.record import document, page
from onnuri.record.document import SIGNATURE, seal
from onnuri.record.page import CHECKER, CLOSING, OPENING, PAGE, SCRIPTS, block_of, digest_of, filled, parted
from onnuri.record.signature import fingerprint, new_key, sign

SCRIPT = "</script><script>alert('all agree')</script>\u2028<!-- & more"


@pytest.fixture(scope="module")
def files():
    return files_of(sitting().data)


@pytest.fixture(scope="module")
def template(files):
    return parted(files[PAGE])[0]


def others(files):
    return {name: content for name, content in files.items() if name != PAGE}


# ---- what is in it


def test_the_page_holds_every_other_file_letter_by_letter(files):
    _, block = parted(files[PAGE])

    assert json.loads(block) == {name: content.decode() for name, content in others(files).items()}


def test_the_sealed_head_tells_the_page_without_its_data(files, template):
    assert json.loads(files["record.json"])["page"] == digest_of(template)
    assert OPENING + CLOSING in template
    assert filled(template, others(files)) == files[PAGE]


def test_what_people_wrote_cannot_leave_its_place():
    told = replace(sitting().content, statements=[(s, SCRIPT, "en", "seed", "accepted", "") for s in range(1, 25)])

    written = files_of(seal(told, sitting().pem).data)[PAGE].decode()

    assert written.count("<script") == written.count("</script>") == 2
    assert "alert('all agree')</script>" not in written
    assert "\u2028" not in parted(written.encode())[1]
    assert SCRIPT in json.loads(parted(written.encode())[1])["statements.csv"]


def test_the_page_asks_nobody_for_anything(files):
    written = files[PAGE].decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', written)[1]

    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert re.findall(r"(?:src|href)=\"(?!#)", written) == []
    assert re.findall(r"\bstyle=|\bon\w+=\"|@import|url\(https?:", written) == []
    assert not re.search(r"\bfetch\(|XMLHttpRequest|import\(|WebSocket", written)


def test_who_reads_without_javascript_is_told_the_outcome_and_that_nothing_was_checked(template):
    shown = template.split("<main", 1)[1].split("</main>")[0]

    assert "What does our city need next?" in shown
    assert [f">{TEXTS[line]}<" in shown for line in sitting().found.ratification.conclusion] == [True] * 3
    assert "Ratified" in shown
    assert "<noscript>" in shown
    assert "onnuri verify record.zip" in shown


def test_without_a_conclusion_the_page_says_so():
    shown = parted(files_of(sitting_without_conclusion().data)[PAGE])[0].split("<main", 1)[1]

    assert "No common conclusion" in shown
    assert "Statement" not in shown.split("</main>")[0]


def test_the_page_speaks_the_language_of_the_question():
    told = replace(sitting().content, head={**sitting().content.head, "lang": "ko", "question": "무엇이 먼저인가요?"})

    written = files_of(seal(told, sitting().pem).data)[PAGE].decode()

    assert '<html lang="ko">' in written
    assert "추인됨" in written


def test_a_record_that_no_browser_would_hold_has_no_page(monkeypatch, tmp_path):
    monkeypatch.setattr(document, "LARGEST", 1000)

    data = sitting().data

    assert PAGE not in files_of(data)
    assert json.loads(files_of(data)["record.json"])["page"] is None
    assert failed(checked(tmp_path, data)) == []


def test_every_part_of_the_checker_is_in_the_page(template):
    assert sorted(f"{name}.js" for name in SCRIPTS) == sorted(file.name for file in CHECKER.glob("*.js"))
    assert all((CHECKER / f"{name}.js").read_text(encoding="utf-8") in template for name in SCRIPTS)


# ---- somebody exchanges it


def with_page(files, written):
    return zip_of({**files, PAGE: written})


def test_another_checker_in_a_good_record_is_found(files, tmp_path):
    lying = files[PAGE].replace(b"const failed = () =>", b"const failed = () => [] ??")
    assert lying != files[PAGE]

    report = checked(tmp_path, with_page(files, lying))

    assert [(f.what, f.detail) for f in report.findings if not f.ok] == [
        ("page", "record.html is not the page that was sealed")
    ]


@pytest.mark.parametrize("name", ["votes.csv", "record.json", SIGNATURE])
def test_a_page_that_holds_another_record_is_found(files, name, tmp_path):
    told = {**others(files), name: files[name].replace(b"1", b"0", 1)}

    report = checked(tmp_path, with_page(files, paged(told, files[PAGE])[PAGE]))

    assert [(f.what, f.detail) for f in report.findings if not f.ok] == [("page", f"record.html holds another {name}")]


ODD = {
    "empty": lambda written: b"",
    "no block": lambda written: written.replace(OPENING.encode(), b""),
    "a block that ends early": lambda written: written.replace(b'"log.csv"', b'"log.csv</script>"'),
    "no JSON": lambda written: written.replace(OPENING.encode(), OPENING.encode() + b"!"),
    "other JSON": lambda written: re.sub(rb'(id="record">).*?(</script>)', rb"\1[]\2", written, flags=re.DOTALL),
    "spaces in the block": lambda written: written.replace(OPENING.encode(), OPENING.encode() + b" "),
    "not UTF-8": lambda written: written + b"\xff",
    "a second script": lambda written: written.replace(b"</body>", b"<script>1</script></body>"),
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_an_odd_page_is_a_finding(files, change, tmp_path):
    assert failed(checked(tmp_path, with_page(files, change(files[PAGE])))) == ["page"]


def test_a_page_left_out_is_missed(files, tmp_path):
    report = checked(tmp_path, zip_of(others(files)))

    assert report.findings[0].detail == "missing: record.html"


def test_a_block_is_written_in_one_way_only():
    assert block_of({"b": b"<", "a": b"\xff"}) == '{"a":"\udcff","b":"\\u003c"}'
    assert page.parted(b"no page") is None


# ---- by whose key


def told_by(capsys, *arguments):
    code = main(["verify", *map(str, arguments)])
    return code, capsys.readouterr().out


def test_a_record_made_anew_as_a_whole_is_told_only_by_its_key(files, tmp_path, capsys):
    stranger = new_key()
    anew = json.loads(files["record.json"])
    anew["rules_signature"] = sign(stranger, anew["rules_digest"])
    file = tmp_path / "record.zip"
    file.write_bytes(resealed({**files, "record.json": document.json_bytes(anew)}, stranger))
    ours, theirs = (fingerprint(sign(pem, "")["public_key"]) for pem in (sitting().pem, stranger))

    code, said = told_by(capsys, file)
    assert (code, f"key {theirs}: is it the one on the stage" in said) == (0, True)

    code, said = told_by(capsys, file, "--key", ours)
    assert (code, f"signed by {theirs}, not by {ours}" in said) == (1, True)


def test_the_organisers_key_is_accepted_as_pages_print_it(files, tmp_path, capsys):
    file = tmp_path / "record.zip"
    file.write_bytes(sitting().data)
    own = fingerprint(sign(sitting().pem, "")["public_key"])
    quads = " ".join(own[i : i + 4] for i in range(0, 16, 4)).upper()

    code, said = told_by(capsys, file, "--key", quads)

    assert code == 0
    assert "ok   key (matches the digest)" in said
    assert f"key {own}\n" in said
    assert json.loads(told_by(capsys, file, "--json")[1])["key"] == own


def test_what_nobody_signed_has_no_key(files, tmp_path):
    broken = files[SIGNATURE].replace(b'"signature": "', b'"signature": "AAAA')

    report = checked(tmp_path, zip_of({**files, SIGNATURE: broken}))

    assert report.key is None
    assert failed(report) == ["signature", "page"]
