"""Translations: by people and by a service, marked until somebody has read them; votes attach to what was written."""

import pytest
from django.test import Client
from tests import cast
from tests.interpreting import interpreting, said

from onnuri.conversation import actions, translating
from onnuri.conversation.models import Statement, Translation
from onnuri.errors import Conflict, NotFound, Unprocessable
from onnuri.live.interpreter import Interpreter, Said
from onnuri.live.locks import OneProcess
from onnuri.live.translators import Unavailable, Unusable, translator_of
from onnuri.web.voices import SIGNER

pytestmark = pytest.mark.django_db
WALK, MARKET, _TREES = cast.SEEDS


@pytest.fixture
def room():
    return cast.conversation()


@pytest.fixture
def host(room):
    browser = Client()
    browser.cookies[f"host_c_{room.pk}"] = SIGNER.host("c", room.pk)
    return browser


@pytest.fixture
def linh(room, client):
    """Linh is online and reads Vietnamese; here English, which every build has."""
    phone = cast.phone_of(cast.voice(room, "online"), client)
    phone.cookies["lang"] = "en"
    return phone


@pytest.fixture
def service(monkeypatch):
    with interpreting() as one:
        monkeypatch.setenv("ONNURI_TRANSLATE", "libretranslate")
        monkeypatch.setenv("ONNURI_TRANSLATE_URL", one.url)
        yield one


@pytest.fixture
def interpreter(service):
    return Interpreter(translator_of("libretranslate", service.url, timeout_s=1), OneProcess(), Said())


def translate(room, number, text, lang="en"):
    return translating.translate(code=room.code, number=number, lang=lang, text=text)


def switch(room, *, on=True):
    translating.switch(code=room.code, on=on, who="Mina", at=cast.MORNING)


def work(interpreter):
    """Until there is nothing more to do; nobody waits."""
    while interpreter.work(lambda _s: None):
        pass


def made(room, lang):
    return {n: (one.text, one.machine) for n, one in translating.renderings(cast.fresh(room), lang).items()}


# ---- by people


def test_the_host_sees_what_is_missing_in_each_language(room, host):
    translate(room, 1, "Let people walk by the water.")
    page = host.get(f"/host/c/{room.code}/translations.json", {"to": "en"}).json()

    assert {one["code"]: one["missing"] for one in page["languages"]} == {
        "ko": 0, "en": 2, "zh-hans": 3, "ja": 3, "vi": 3,
    }  # fmt: skip
    assert [(row["id"], row["state"]) for row in page["rows"]] == [(2, "missing"), (3, "missing"), (1, "there")]


def test_the_host_translates_by_a_plain_form(room, host):
    address = f"/host/c/{room.code}/translations"
    answer = host.post(address, {"act": "translate", "to": "en", "number": 2, "text": "Open the market again."})

    assert (answer.status_code, answer["Location"]) == (302, f"{address}?to=en")
    assert made(room, "en") == {2: ("Open the market again.", False)}


@pytest.mark.parametrize(
    ("number", "lang", "text", "refusal"),
    [
        (1, "ko", "물가", Conflict),
        (1, "tlh", "bIQ", Unprocessable),
        (99, "en", "Nothing", NotFound),
        (1, "en", "  ", Unprocessable),
        (1, "en", "long " * 300, Unprocessable),
    ],
)
def test_what_cannot_be_a_translation_is_refused(room, number, lang, text, refusal):
    with pytest.raises(refusal):
        translate(room, number, text, lang)
    assert not Translation.objects.exists()


def test_a_refusal_keeps_what_was_typed(room, host):
    answer = host.post(
        f"/host/c/{room.code}/translations", {"act": "translate", "to": "en", "number": 1, "text": "long " * 300}
    )

    assert answer.status_code == 422
    assert "long long" in answer.content.decode()


def test_an_unread_statement_cannot_be_translated_by_guessing_its_number(room):
    own = cast.voice(room)
    actions.write_statement(code=room.code, voice=own.pk, text="아직 아무도 안 읽은 글", lang="ko", at=cast.MORNING)

    with pytest.raises(NotFound):
        translate(room, 4, "A text nobody has read yet")


def test_only_the_host_may(room, client):
    address = f"/host/c/{room.code}/translations"

    assert client.get(address).status_code == 403
    assert client.post(address, {"act": "translate", "to": "en", "number": 1, "text": "Hello"}).status_code == 403


# ---- what readers see


def test_a_reader_sees_the_translation_with_the_original_under_it(room, linh):
    translate(room, 1, "Let people walk by the water.")
    cast.open_round(room)
    deck = linh.get(f"/c/{room.code}").context["deck"]
    page = linh.get(f"/c/{room.code}?statement=1").content.decode()

    assert '"translation": {"text": "Let people walk by the water.", "lang": "en", "machine": false}' in deck
    assert '<h1 class="vote-card-text" id="statement" lang="en">Let people walk by the water.</h1>' in page
    assert f'<p lang="ko">{WALK}</p>' in page


def test_who_reads_the_original_is_shown_no_translation(room, client):
    translate(room, 1, "Let people walk by the water.")
    cast.open_round(room)
    jun = cast.phone_of(cast.voice(room), client)

    assert "walk by the water" not in jun.get(f"/c/{room.code}?statement=1").content.decode()


def test_a_text_that_was_changed_loses_its_translations(room, linh, host):
    translate(room, 1, "Let people walk by the water.")
    Statement.objects.filter(conversation=room, number=1).update(text="물가를 밤에도 걷게 하자.")

    assert made(room, "en") == {}
    row = next(r for r in host.get(f"/host/c/{room.code}/translations.json?to=en").json()["rows"] if r["id"] == 1)
    assert (row["state"], row["translation"]) == ("stale", "Let people walk by the water.")
    with pytest.raises(Conflict):
        translating.confirm(code=room.code, number=1, lang="en")


def test_results_are_read_in_the_readers_language(room, linh):
    english = dict(zip(cast.SEEDS, ("Walk by the water.", "Open the market.", "Plant trees."), strict=True))
    for number, text in enumerate(english.values(), start=1):
        translate(room, number, text)
    cast.vote_round(room, cast.crowd(room))
    page = linh.get(f"/c/{room.code}/where").content.decode()
    told = linh.get(f"/c/{room.code}/where.json").json()
    stage = Client().get(f"/stage/{room.code}", {"lang": "en"}, follow=True).content.decode()

    assert told["common"]
    for row in told["common"]:
        assert row["translation"]["text"] == english[row["text"]]
        assert english[row["text"]] in page
        assert f'<p lang="ko">{row["text"]}</p>' in page
        assert english[row["text"]] in stage


def test_votes_attach_to_the_statement_whatever_was_read(room, linh):
    translate(room, 1, "Let people walk by the water.")
    jun, online = cast.voice(room), cast.voice(room, "online")
    cast.open_round(room)
    cast.answer(jun, {1: 1})
    cast.answer(online, {1: -1})

    assert sorted(room.statements.get(number=1).votes.values_list("value", flat=True)) == [-1, 1]
    assert room.statements.count() == 3


# ---- by a service


def test_nothing_leaves_the_house_unless_the_host_switches_it_on(room, interpreter, service):
    work(interpreter)
    assert service.asked == []

    switch(room)
    work(interpreter)
    assert set(service.texts) == set(cast.SEEDS)

    before = len(service.asked)
    switch(room, on=False)
    actions.add_statement(room, "새 의견입니다.", "ko", "seed", state="accepted")
    work(interpreter)
    assert len(service.asked) == before


def test_a_machines_translation_is_marked_until_somebody_has_read_it(room, host, linh, interpreter):
    switch(room)
    work(interpreter)
    cast.open_round(room)
    assert made(room, "en")[1] == (said(WALK, "en"), True)
    page = linh.get(f"/c/{room.code}?statement=1").content.decode()
    assert '<span class="chip" data-machine>' in page

    host.post(f"/host/c/{room.code}/translations", {"act": "confirm", "to": "en", "number": 1})
    assert made(room, "en")[1] == (said(WALK, "en"), False)
    assert '<span class="chip" data-machine hidden>' in linh.get(f"/c/{room.code}?statement=1").content.decode()


def test_what_a_person_wrote_stays(room, interpreter, service):
    translate(room, 1, "Let people walk by the water.")
    switch(room)
    work(interpreter)

    assert made(room, "en")[1] == ("Let people walk by the water.", False)
    assert made(room, "en")[2] == (said(MARKET, "en"), True)


def test_what_looks_like_somebodys_data_never_leaves_the_house(room, interpreter, service, host):
    actions.add_statement(room, "문의는 010-1234-5678로 주세요.", "ko", "seed", state="accepted")
    switch(room)
    work(interpreter)

    assert not any("010" in text for text in service.texts)
    page = host.get(f"/host/c/{room.code}/translations.json?to=en").json()
    assert next(one for one in page["languages"] if one["code"] == "en")["private"] == 1


def test_what_waits_to_be_read_never_leaves_the_house(room, interpreter, service):
    own = cast.voice(room)
    actions.write_statement(code=room.code, voice=own.pk, text="아직 아무도 안 읽은 글", lang="ko", at=cast.MORNING)
    switch(room)
    work(interpreter)

    assert "아직 아무도 안 읽은 글" not in service.texts


def test_one_text_the_service_cannot_answer_does_not_hold_up_the_others(room, interpreter, service):
    actions.add_statement(room, "버스 21번을 밤 11시까지", "ko", "seed", state="accepted")
    switch(room)
    service.moods = ["no numbers"]
    work(interpreter)
    assert set(made(room, "en")) == {1, 2, 3}

    service.moods = ["400"] * 3
    actions.add_statement(room, "새 의견 하나", "ko", "seed", state="accepted")
    actions.add_statement(room, "새 의견 둘", "ko", "seed", state="accepted")
    with pytest.raises(Unusable):
        work(interpreter)
    work(interpreter)
    assert {5, 6} <= set(made(room, "en"))


def test_a_service_that_is_away_is_asked_again_from_where_it_stopped(room, interpreter, service):
    switch(room)
    service.moods = ["good", "503", "503", "503"]
    with pytest.raises(Unavailable):
        work(interpreter)
    assert len(made(room, "en")) == 3
    assert made(room, "vi") == {}

    anew = Interpreter(translator_of("libretranslate", service.url), OneProcess(), Said())
    work(anew)
    assert len(made(room, "vi")) == 3
    assert len(made(room, "zh-hans")) == 3


def test_switched_off_while_the_service_was_at_it_nothing_is_kept(room, interpreter, service, monkeypatch):
    switch(room)
    answers = interpreter._answers

    def off_meanwhile(*about):
        switch(room, on=False)
        return answers(*about)

    monkeypatch.setattr(interpreter, "_answers", off_meanwhile)
    interpreter.work(lambda _s: None)

    assert not Translation.objects.exists()


def test_who_writes_is_told_that_texts_leave_the_house(room, linh, service):
    notice = "127.0.0.1"
    assert notice not in linh.get(f"/c/{room.code}/write").content.decode()

    switch(room)
    assert notice in linh.get(f"/c/{room.code}/write").content.decode()


def test_without_a_service_nothing_can_be_switched_on(room, host, monkeypatch):
    monkeypatch.delenv("ONNURI_TRANSLATE", raising=False)
    answer = host.post(f"/host/c/{room.code}/translations", {"act": "switch", "on": "1"})

    assert answer.status_code == 409
    assert not translating.is_sent_outside(room)


def test_switching_is_noted_with_who_did_it(room, host, service):
    for on in ("1", "1", "0"):
        host.post(f"/host/c/{room.code}/translations", {"act": "switch", "on": on})

    assert list(room.decisions.values_list("kind", "act")) == [("translation", "on"), ("translation", "off")]
