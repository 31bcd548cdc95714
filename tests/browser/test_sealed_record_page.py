"""record.html of sealed rows: it checks what totals can tell, and names what only the auditors can."""

import json

import pytest
from playwright.sync_api import expect
from tests.browser.looks import LOOKS, OTHER_LOOKS, faults_of
from tests.browser.test_record_page import LANGUAGES, NARROW, Reader, found, reader  # noqa: F401 - a fixture
from tests.record.sittings import files_of, resealed
from tests.record.test_sealed_rows import FORGED, box

from onnuri.record.document import json_bytes
from onnuri.record.signature import new_key

pytestmark = pytest.mark.browser

ONLY_AUDITORS = {
    "ko": "감사인만 확인",
    "en": "auditor only",
    "zh-hans": "仅核验人可查",
    "ja": "監査人のみ",
    "vi": "chỉ người kiểm chứng",
}
# Found by the rows alone: nothing in the totals contradicts them.
FOR_AUDITORS = {"a count of the landscape"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_totals_hold_and_the_rest_is_the_auditors(reader, language):  # noqa: F811
    page = reader.open(files_of(box().public.data))
    page.locator(f"#language-{language}").click()

    expect(page.locator(".verdict h2")).to_have_text(LANGUAGES[language])
    assert found(page, "false") == []
    assert {"chain", "counts", "slate", "ballots on the candidates"} <= set(found(page, "null"))
    assert {"auditors", "small cells", "quorum", "conclusion"} <= set(found(page, "true"))
    chain = page.locator('[data-check="chain"]')
    page.locator('[data-part="elsewhere"] summary').click()
    expect(chain).to_contain_text(ONLY_AUDITORS[language])
    expect(chain).to_contain_text("시민감사관 (예시)")


def test_the_auditors_own_page_computes_everything(reader):  # noqa: F811
    page = reader.open(files_of(box().auditors.data))

    assert found(page, "false") == []
    assert {"chain", "counts", "slate"} <= set(found(page, "true"))


def test_a_line_stands_with_its_stated_support(reader):  # noqa: F811
    page = reader.open(files_of(box().public.data))
    proof = json.loads(files_of(box().public.data)["record.json"])["certificate"]

    lines = page.locator("ol.lines > li")

    expect(lines).to_have_count(len(proof["lines"]))
    verdict = proof["ratification"]["lines"][0]["overall"]
    share = 100 * verdict["agree"] // verdict["n"]
    expect(lines.first.locator(".support li").first).to_contain_text(f"{share}%")


@pytest.mark.parametrize("name", sorted(FORGED.keys() - FOR_AUDITORS))
def test_totals_that_were_changed_do_not_hold(reader, name):  # noqa: F811
    file, change, named = FORGED[name]
    files = files_of(box().public.data)
    told = json.loads(files[file])
    change(told)

    page = reader.open(files_of(resealed({**files, file: json_bytes(told)}, new_key())))

    seen = {"ratification": "ratification of line"}
    for what in named - {"totals are those of the rows"}:
        assert any(one.startswith(seen.get(what, what)) for one in found(page, "false")), what


def test_it_fits_every_screen(reader):  # noqa: F811
    page = reader.open(files_of(box().public.data))
    page.evaluate("() => { for (const part of document.querySelectorAll('details')) part.open = true; }")

    assert faults_of(reader, page, looks=(*LOOKS, *OTHER_LOOKS, *NARROW)) == []
