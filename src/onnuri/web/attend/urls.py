"""Addresses of the phone."""

from django.urls import path

from onnuri.web.attend import app, asking, data, evidence, moving, polls, room, settings, views, writing

app_name = "attend"
urlpatterns = [
    path("join", views.join, name="join"),
    path("c/service.js", app.service),
    path("c/<str:code>", room.room, name="room"),
    path("c/<str:code>/state.json", room.state, name="state"),
    # The six forms below are answered by the hot path before they reach here.
    path("c/<str:code>/join", views.by_hot_path, name="enter"),
    path("c/<str:code>/vote", views.by_hot_path, name="vote"),
    path("c/<str:code>/ballot", views.by_hot_path, name="ballot_cast"),
    path("c/<str:code>/answer", views.by_hot_path, name="answer"),
    path("c/<str:code>/lift", views.by_hot_path, name="lift"),
    path("c/<str:code>/challenge", views.by_hot_path, name="challenge_vote"),
    path("c/<str:code>/polls", polls.polls, name="polls"),
    path("c/<str:code>/polls.json", polls.polls),
    path("c/<str:code>/write", writing.write, name="write"),
    path("c/<str:code>/similar", writing.similar, name="similar"),
    path("c/<str:code>/similar.json", writing.similar),
    path("c/<str:code>/mine", views.mine, name="mine"),
    path("c/<str:code>/questions", asking.questions, name="questions"),
    path("c/<str:code>/questions.json", asking.questions),
    path("c/<str:code>/questions/<int:number>/withdraw", asking.withdraw, name="withdraw"),
    path("c/<str:code>/ask", asking.ask, name="ask"),
    path("c/<str:code>/where", views.where, name="where"),
    path("c/<str:code>/where.json", views.where),
    path("c/<str:code>/where/map", views.opinion_map, name="map"),
    path("c/<str:code>/where/map.json", views.opinion_map),
    path("c/<str:code>/lines", views.lines, name="lines"),
    path("c/<str:code>/lines/<int:number>/redraft", views.redraft, name="redraft"),
    path("c/<str:code>/lines/<int:number>/missing", views.missing, name="missing"),
    path("c/<str:code>/evidence", evidence.cards, name="evidence"),
    path("c/<str:code>/evidence.json", evidence.cards),
    path("c/<str:code>/data", data.data, name="data"),
    path("c/<str:code>/data/file", data.file, name="data_file"),
    path("c/<str:code>/mine/<int:number>/evidence", evidence.attach, name="attach"),
    path("c/<str:code>/rules", views.rules, name="rules"),
    path("c/<str:code>/rules.json", views.rules),
    path("c/<str:code>/settings", settings.settings, name="settings"),
    path("c/<str:code>/settings.json", settings.settings),
    path("c/<str:code>/settings/leave", settings.leave_phone, name="leave_phone"),
    path("c/<str:code>/move", moving.show, name="move"),
    path("c/<str:code>/here", moving.here, name="here"),
    path("c/<str:code>/app.webmanifest", app.manifest, name="manifest"),
    path("c/<str:code>/leave", views.leave, name="leave"),
]
