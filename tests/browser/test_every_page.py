"""Every page at every moment of a sitting: fits, has one heading, and says nothing on the console."""

import pytest
from django.conf import settings
from django.urls import get_resolver
from tests.browser.looks import EVERYTHING, LOOKS, ON_THE_WALL, OTHER_LOOKS, axe_script, faults_of
from tests.browser.walk import Walk

pytestmark = pytest.mark.browser

LANGS = tuple(code for code, _name in settings.LANGUAGES) if EVERYTHING else ("ko", "en")
FOUR_LOOKS = (*LOOKS, *OTHER_LOOKS)
LOOKED_AT_ELSEWHERE = {
    "test_polls.py": {"host:poll", "host:words"},
    "test_door.py": {"door_key", "host:door", "host:door_key", "host:release", "host:walk_in"},
    "test_nobody_left_out.py": {"kiosk:kiosk"},
    "test_record_page.py": {"public:record_page"},
    "test_host_places.py": {"host:import_one"},
    "test_programme.py": {"host:session"},
    "test_comments.py": {
        *("public:talk_comments", "public:record_comments", "public:comment_delete", "public:comment_report"),
        *("public:comment_block", "public:comment_appeal", "public:blocked", "public:unblock", "host:picture"),
    },
    "test_moderators_shift.py": {"public:rights_request", "public:rights_author"},
    "test_accounts.py": {"public:account_data"},
}
NO_PAGES = {
    *("attend:enter", "attend:vote", "attend:ballot_cast", "attend:answer", "attend:lift", "attend:challenge_vote"),
    *("attend:withdraw", "attend:ask", "attend:redraft", "attend:missing", "attend:leave", "attend:leave_phone"),
    *("attend:state", "attend:manifest", "kiosk:start", "kiosk:answer", "kiosk:next", "public:finish"),
    *("public:form", "public:change", "public:calendar", "public:log", "public:record_zip", "public:proof"),
    *("host:act", "host:decide", "host:delete_rehearsal", "host:codes", "host:cards_enter", "host:decide_on"),
    *("host:interludes", "host:interlude", "host:take_off", "host:timer", "host:screen", "host:questions"),
    *("host:question", "host:poll_act", "host:new_conversation", "host:session_act", "host:undo"),
    *("host:registrations", "host:proof_one", "host:import_template", "host:export", "host:proofs_file"),
    *("host:cards_print", "host:announce", "host:auditors_file", "host:moderation_act", "host:conference_desk_act"),
    *("attend:answer_suggestion", "attend:appeal", "attend:object", "attend:data_file", "attend:similar"),
    *("public:account_file", "public:erase_claim", "public:registration_data"),
    *("public:comment_mark", "public:comment_react", "public:picture"),
}
"""Addresses that take a form, or give a file: whoever adds a page adds it to the walk, not here."""


def test_every_page_of_a_sitting_fits_and_is_quiet(hall, server):
    walk = Walk(hall, server, LANGS, judge)

    faults = walk.everywhere()

    assert not faults, "\n".join(faults)
    elsewhere = set().union(*LOOKED_AT_ELSEWHERE.values())
    assert pages_by_name() - walk.seen - NO_PAGES - elsewhere == set()


def judge(hall, page, lang, *, on_the_wall=False):
    # Korean in the light on a phone and in the dark on a desk, English the other way round.
    if on_the_wall:
        return faults_of(hall, page, looks=ON_THE_WALL)
    turn = LOOKS if lang == "ko" else OTHER_LOOKS
    return faults_of(hall, page, looks=FOUR_LOOKS if EVERYTHING else turn)


def pages_by_name():
    """Pages by their names in the addresses."""
    found = set()
    for top in get_resolver().url_patterns:
        if getattr(top, "namespace", None) in {"public", "attend", "kiosk", "stage", "host"}:
            found |= {f"{top.namespace}:{one.name}" for one in top.url_patterns if one.name}
    return found


@pytest.mark.skipif(axe_script() is None, reason="axe-core is not installed (axe-playwright-python)")
def test_the_look_would_notice(hall, server):
    server.run_cli("conference", "new", "--slug", "planted")
    page = hall.page()
    page.goto("/e/planted")
    page.evaluate("""() => {
      const planted = document.createElement("div");
      planted.innerHTML = '<img src="/static/icon.svg"><p class="planted">x</p>';
      planted.firstChild.style.inlineSize = planted.firstChild.style.maxInlineSize = "700px";
      document.querySelector("main").append(planted);
    }""")

    found = "\n".join(faults_of(hall, page))

    assert "axe: image-alt" in found
    assert "scrolls sideways" in found
    assert "squeezed to 320" in found
