"""A walk through every page at every moment of one sitting, for whoever has something to say about each of them."""

import re
from itertools import count
from urllib.parse import parse_qs, urlsplit

from django.urls import resolve
from tests.browser import school
from tests.browser.hall import DESK, Crowd

NOT_FOUND = "the server responded with a status of 404"
NUMBERS = count(1)
NAMES = ("가람", "나래", "다온", "라온", "마루")


class Walk:
    """One sitting, looked at from all sides. Everything but looking goes over HTTP.

    `judge(hall, page, lang, on_the_wall=False)` answers what is wrong with the page that is open.
    """

    def __init__(self, hall, server, langs, judge):
        self.hall, self.server, self.langs, self.judge = hall, server, langs, judge
        self.faults, self.seen = [], set()
        number = next(NUMBERS)
        self.slug, self.early = f"walk-{number}", f"early-{number}"
        made = server.run_cli("conference", "new", "--slug", self.slug, "--seats", "3", "--title", school.TITLE["ko"])
        server.run_cli("conference", "new", "--slug", self.early, "--opens", "2199-01-01T09:00:00+09:00")
        self.organiser = server.client()
        self.organiser.get(f"/host/e/{self.slug}?{urlsplit(made['host']).query}")
        self.room = server.conversation(
            school.QUESTION["ko"], seeds=school.SEEDS["ko"], policy="ticket", conference=self.slug
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
        self.phones = [self.browser(lang) for lang in self.langs]
        self.desks = [hall.page(lang, DESK) for lang in self.langs]
        for desk in self.desks:
            desk.goto(f"/host/e/{self.slug}?key={key}")
            desk.goto(f"/host/c/{self.code}?key={self.room.key}")
        self.strangers = [hall.page(lang) for lang in self.langs]

    def register(self, name, wish):
        # One comes with somebody, who has a ticket of their own.
        body = {"name": name, "email": f"{ord(name[0])}@example.org", "channel": wish, "seats": 1 + (name == "나래")}
        answer = self.server.client().post(
            f"/api/v1/conferences/{self.slug}/registrations", body, idempotency_key=f"key-of-{ord(name[0])}"
        )
        return answer.json["claim"]

    def desk_form(self, path, **fields):
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.organiser.get(f"/host/e/{self.slug}").text)[
            1
        ]
        assert (
            self.organiser.form(f"/host/e/{self.slug}/{path}", {"csrfmiddlewaretoken": token, **fields}).status == 302
        )

    def take_voice(self, claim):
        ticket = re.search(
            r'class="qr-code"[^>]*>(\w+)<', self.server.client().get(f"/e/{self.slug}/ticket/{claim}").text
        )[1]
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

    def everywhere(self):
        """From the invitation to the record; the answer is what was wrong, page by page."""
        self.hall.forgiven.append(NOT_FOUND)
        self.look_at_the_conference()
        self.look_at_the_organisers_desk()
        self.look_at_the_lobby()
        self.look_at_a_round()
        self.look_at_where_we_stand()
        self.look_at_the_shortlist()
        self.look_at_the_slate()
        self.look_at_the_ratification()
        self.look_at_the_result()
        self.look_at_the_record()
        return self.faults

    def look(self, pages, *paths):
        for path in paths:
            for lang, page in zip(self.langs, pages, strict=True):
                page.goto(path)
                self.note(page)
                self.faults += self.judge(self.hall, page, lang)

    def note(self, page):
        path = urlsplit(page.url).path
        if path != "/nowhere":
            self.seen.add(resolve(path).view_name)

    def look_at_the_wall(self, *paths):
        for path in paths:
            for lang, page in zip(self.langs, self.strangers, strict=True):
                page.goto(path)
                self.note(page)
                self.faults += self.judge(self.hall, page, lang, on_the_wall=True)

    def look_at_the_conference(self):
        tickets = [f"/e/{self.slug}/ticket/{claim}" for claim in self.claims]
        self.look(self.strangers, "/", "/join", "/join?code=ZZZZZZ", "/nowhere", f"/r/{self.code}", f"/c/{self.code}")
        self.look(
            self.strangers,
            f"/e/{self.slug}",
            f"/e/{self.slug}/register",
            f"/e/{self.early}",
            f"/e/{self.early}/register",
            *tickets,
        )
        self.look(self.strangers, f"/e/{self.slug}/order", "/proof", "/privacy")
        self.look(self.strangers, "/account/login/", "/account/signup/", "/account/password/reset/")
        self.look(self.desks, f"/host/e/{self.slug}")

    def look_at_the_organisers_desk(self):
        desk = f"/host/e/{self.slug}"
        self.organiser.submit_to(
            f"{desk}/programme/series", f"{desk}/programme/series", slug=f"{self.slug}-all", title_ko="걷기"
        )
        link = re.search(rf'href="[^"]*(/e/{self.slug}/confirm/[^"]+)"', self.organiser.get(desk).text)[1]
        ticket = self.server.client().get(f"/e/{self.slug}/ticket/{self.claims[1]}").text
        companion = re.search(rf"(/e/{self.slug}/pass/\w+)", ticket)[1]
        self.look(self.strangers, link, f"/s/{self.slug}-all", companion)
        self.look(self.desks, *(f"{desk}/{name}" for name in ("mail", "places", "import", "statistics", "proofs")))
        self.look(self.desks, *(f"{desk}/{name}" for name in ("people", "audit", "desk")))
        self.look(self.desks, f"{desk}/erasures", f"{desk}/registrations/{self.claims[0]}")
        programme = ("", "/about", "/sessions/new", "/series", "/next")
        self.look(self.desks, *(f"{desk}/programme{name}" for name in programme))

    def look_at_the_lobby(self):
        room = f"/c/{self.code}"
        self.look(self.phones, room, *(f"{room}/{name}" for name in ("write", "mine", "where", "where/map", "lines")))
        self.look(self.phones, f"{room}/rules", f"{room}/evidence", f"{room}/questions", f"{room}/settings")
        self.look(self.phones, f"{room}/polls", f"{room}/move", f"{room}/data")
        moving = re.search(rf"({room}/here\?v=[\w.~-]+)", self.voice.get(f"{room}/move").text)[1]
        self.look(self.strangers, moving)
        self.look(self.desks, f"/host{room}/cards", f"/host{room}/polls/new?kind=single")
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
        self.look(self.phones, f"/c/{self.code}/mine/{school.WRITTEN_NUMBER}/evidence")
        host = f"/host/c/{self.code}"
        self.look(
            self.desks,
            host,
            *(f"{host}/{name}" for name in ("rules", "health", "desk", "topics", "translations", "wording")),
        )
        self.look(self.strangers, f"/c/{self.code}/log", f"/rights?kind=statements&code={self.code}&number=1")
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
        self.look(self.strangers, f"/r/{self.code}", f"/e/{self.slug}", "/")
        self.look(self.desks, f"/host/c/{self.code}", f"/host/c/{self.code}/publish")
        self.look_at_the_wall(f"/stage/{self.code}")

    def act(self, action, **content):
        # Open pages would follow by themselves, in the middle of the next look.
        for page in (*self.phones, *self.desks, *self.strangers):
            page.goto("about:blank")
        answer = self.server.act(self.room, action, **content)
        assert answer.status == 200, answer.text
