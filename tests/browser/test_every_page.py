"""Every page at every moment of a sitting: fits, has one heading, and says nothing on the console."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from tests.browser import school
from tests.browser.hall import DESK, Crowd, own_answers
from tests.browser.looks import LOOKS, ON_THE_WALL, OTHER_LOOKS, axe_script, faults_of

pytestmark = pytest.mark.browser

NOT_FOUND = "the server responded with a status of 404"
LANGS = ("ko", "en")


def test_every_page_of_a_sitting_fits_and_is_quiet(hall, server):
    hall.forgiven.append(NOT_FOUND)
    walk = Walk(hall, server)

    walk.look_at_the_conference()
    walk.look_at_the_lobby()
    walk.look_at_a_round()
    walk.look_at_where_we_stand()
    walk.look_at_the_shortlist()
    walk.look_at_the_slate()
    walk.look_at_the_ratification()
    walk.look_at_the_result()
    walk.look_at_the_record()

    assert not walk.faults, "\n".join(walk.faults)


@pytest.mark.skipif(axe_script() is None, reason="axe-core is not installed (axe-playwright-python)")
def test_axe_looks_at_every_page_too():
    """Its findings are among the faults of the test above."""


def test_somebody_joins_and_votes_with_the_keyboard_alone(hall, server):
    room = server.conversation("무엇부터 할까요?", seeds=["첫째", "둘째", "셋째"], begin=True)
    page = hall.page()
    page.goto(f"/c/{room.code}")

    for consent in ("consent_count", "consent_rows"):
        tab_to(page, f'input[name="{consent}"]')
        page.keyboard.press("Space")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_function("() => customElements.get('vote-card') !== undefined")
    tab_to(page, '.vote[value="1"]')
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")

    expect(page.locator("#all-answered")).to_be_focused()
    expect(page.locator("connection-strip")).to_have_attribute("data-state", "sent")
    assert sorted(value for _text, value in own_answers(page, room.code, 3)) == [-1, 0, 1]


def tab_to(page, selector):
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab does not reach {selector}")


class Walk:
    """One sitting, looked at from all sides. Everything but looking goes over HTTP."""

    def __init__(self, hall, server):
        # Korean in the light on a phone and in the dark on a desk, English the other way round.
        self.hall, self.server = hall, server
        self.faults = []
        made = server.run_cli("conference", "new", "--slug", "walk", "--seats", "2", "--title", school.TITLE["ko"])
        server.run_cli("conference", "new", "--slug", "early", "--opens", "2199-01-01T09:00:00+09:00")
        self.organiser = server.client()
        self.organiser.get(f"/host/e/walk?{urlsplit(made['host']).query}")
        self.room = server.conversation(
            school.QUESTION["ko"], seeds=school.SEEDS["ko"], policy="ticket", conference="walk"
        )
        self.code = self.room.code
        server.host(self.room).submit(f"/host/c/{self.code}/rules", {"grace_s": "0", "act": "save"})
        self.claims = [
            self.register(name, wish)
            for name, wish in (
                ("가람", "hall"),
                ("나래", "hall"),
                ("다온", "hall"),
                ("라온", "online"),
                ("마루", "hall"),
            )
        ]
        for claim in (self.claims[1], self.claims[3]):
            self.desk_form(f"registrations/{claim}", act="vouch")
        self.desk_form(f"registrations/{self.claims[4]}", act="give_up")
        self.voice = self.take_voice(self.claims[1])
        self.crowd = Crowd(server, self.room, 60, school.opinion)
        key = parse_qs(urlsplit(made["host"]).query)["key"][0]
        self.phones = [self.browser(lang) for lang in LANGS]
        self.desks = [hall.page(lang, DESK) for lang in LANGS]
        for desk in self.desks:
            desk.goto(f"/host/e/walk?key={key}")
            desk.goto(f"/host/c/{self.code}?key={self.room.key}")
        self.strangers = [hall.page(lang) for lang in LANGS]

    def register(self, name, wish):
        body = {"name": name, "email": f"{ord(name[0])}@example.org", "channel": wish}
        answer = self.server.client().post(
            "/api/v1/conferences/walk/registrations", body, idempotency_key=f"key-of-{ord(name[0])}"
        )
        return answer.json["claim"]

    def desk_form(self, path, **fields):
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.organiser.get("/host/e/walk").text)[1]
        assert self.organiser.form(f"/host/e/walk/{path}", {"csrfmiddlewaretoken": token, **fields}).status == 302

    def take_voice(self, claim):
        ticket = re.search(r'class="qr-code"[^>]*>(\w+)<', self.server.client().get(f"/e/walk/ticket/{claim}").text)[1]
        phone = self.server.client()
        assert phone.post(f"/api/v1/conversations/{self.code}/join", {"ticket": ticket}).status == 200
        return phone

    def browser(self, lang):
        page = self.hall.page(lang)
        page.context.add_cookies(
            [{"name": n, "value": v, "url": self.server.url} for n, v in self.voice.cookies.items()]
        )
        return page

    # ---- looking

    def look(self, pages, *paths):
        for path in paths:
            for page, looks in zip(pages, (LOOKS, OTHER_LOOKS), strict=True):
                page.goto(path)
                self.faults += faults_of(self.hall, page, looks=looks)

    def look_at_the_wall(self, *paths):
        for path in paths:
            for page in self.strangers:
                page.goto(path)
                self.faults += faults_of(self.hall, page, looks=ON_THE_WALL)

    def look_at_the_conference(self):
        tickets = [f"/e/walk/ticket/{claim}" for claim in self.claims]
        self.look(self.strangers, "/", "/join", "/join?code=ZZZZZZ", "/nowhere", f"/r/{self.code}", f"/c/{self.code}")
        self.look(self.strangers, "/e/walk", "/e/walk/register", "/e/early", "/e/early/register", *tickets)
        self.look(self.desks, "/host/e/walk")

    def look_at_the_lobby(self):
        room = f"/c/{self.code}"
        self.look(self.phones, room, *(f"{room}/{name}" for name in ("write", "mine", "where", "where/map", "lines")))
        self.look(self.phones, f"{room}/rules", f"{room}/evidence", f"{room}/questions")
        self.look(
            self.desks, f"/host{room}", f"/host{room}/rules", f"/host{room}/evidence", f"/stage/{self.code}/speaker"
        )
        self.look_at_the_wall(f"/stage/{self.code}")

    def look_at_a_round(self):
        self.act("open_round")
        self.crowd.vote(school.SEED_NUMBERS)
        for text in (school.WRITTEN["ko"], school.TWO_IN_ONE["ko"]):
            self.voice.post(f"/api/v1/conversations/{self.code}/statements", {"text": text, "lang": "ko"})
        self.look(self.phones, f"/c/{self.code}")
        votes = [{"id": f"vote-{s}", "statement": s, "value": school.JUN[s]} for s in school.SEED_NUMBERS]
        self.voice.post(f"/api/v1/conversations/{self.code}/votes", {"votes": votes})
        self.look(self.phones, f"/c/{self.code}", f"/c/{self.code}/mine")
        self.look(self.desks, f"/host/c/{self.code}", f"/host/c/{self.code}/rules", f"/host/c/{self.code}/health")
        self.look(self.desks, f"/host/c/{self.code}/desk", f"/c/{self.code}/log", f"/rights?code={self.code}")
        self.look_at_the_wall(f"/stage/{self.code}")

    def look_at_where_we_stand(self):
        self.act("close_round")
        self.server.until(self.room, "where")
        room = f"/c/{self.code}"
        self.look(self.phones, room, *(f"{room}/{name}" for name in ("where", "where/map", "lines", "mine")))
        self.look(self.desks, f"/host{room}", *(f"/host{room}/{name}" for name in ("rules", "evidence", "polls")))
        self.look(self.desks, f"/stage/{self.code}/speaker")
        self.look_at_the_wall(f"/stage/{self.code}", f"/stage/{self.code}?view=map")

    def look_at_the_shortlist(self):
        self.act("open_shortlist")
        self.server.until(self.room, "shortlist")
        self.crowd.ballot(school.SEED_NUMBERS)
        self.look(self.phones, f"/c/{self.code}")
        self.look(self.desks, f"/host/c/{self.code}")
        self.look_at_the_wall(f"/stage/{self.code}")

    def look_at_the_slate(self):
        self.act("close_round")
        self.server.until(self.room, "slate")
        self.look(self.phones, f"/c/{self.code}", f"/c/{self.code}/lines")
        self.look_at_the_wall(f"/stage/{self.code}")

    def look_at_the_ratification(self):
        self.act("open_ratification")
        slate = self.server.host(self.room).get(f"/api/v1/host/conversations/{self.code}").json["slate"]
        self.crowd.ballot(slate, whole=lambda said: 1)
        self.look(self.phones, f"/c/{self.code}")
        self.look_at_the_wall(f"/stage/{self.code}")

    def look_at_the_result(self):
        self.act("close_round")
        self.server.until(self.room, "result")
        self.look(self.phones, f"/c/{self.code}")
        self.look(self.desks, f"/host/c/{self.code}", f"/host/c/{self.code}/publish")
        self.look_at_the_wall(f"/stage/{self.code}")

    def look_at_the_record(self):
        conclusion = self.server.host(self.room).get(f"/api/v1/host/conversations/{self.code}").json["conclusion"]
        promises = [{"line": n, "addressee": school.ADDRESSEE["ko"], "due": "2199-01-01"} for n in conclusion]
        self.act("publish", commitments=promises)
        self.server.until(self.room, "published")
        self.look(self.strangers, f"/r/{self.code}", "/e/walk", "/")
        self.look(self.desks, f"/host/c/{self.code}", f"/host/c/{self.code}/publish")
        self.look_at_the_wall(f"/stage/{self.code}")

    def act(self, action, **content):
        # Open pages would follow by themselves, in the middle of the next look.
        for page in (*self.phones, *self.desks, *self.strangers):
            page.goto("about:blank")
        answer = self.server.act(self.room, action, **content)
        assert answer.status == 200, answer.text
