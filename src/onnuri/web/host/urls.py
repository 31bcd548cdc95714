"""Addresses of the host and organiser, opened by their secret link."""

from django.urls import path

from onnuri.web.host import console, desk, door, erasures, evidence, files, mail, places, programme, proofs, statistics

app_name = "host"
urlpatterns = [
    path("host/c/<str:code>", console.console, name="console"),
    path("host/c/<str:code>/act", console.act, name="act"),
    path("host/c/<str:code>/statements/<int:number>", console.decide, name="decide"),
    path("host/c/<str:code>/rules", console.prepare, name="prepare"),
    path("host/c/<str:code>/publish", console.publish, name="publish"),
    path("host/c/<str:code>/evidence", evidence.desk, name="evidence"),
    path("host/c/<str:code>/codes", console.codes, name="codes"),
    path("host/e/<slug:slug>", desk.conference, name="conference"),
    path("host/e/<slug:slug>/mail", mail.mail, name="mail"),
    path("host/e/<slug:slug>/conversations", desk.new_conversation, name="new_conversation"),
    path("host/e/<slug:slug>/programme", programme.desk, name="programme"),
    path("host/e/<slug:slug>/programme/about", programme.about, name="about"),
    path("host/e/<slug:slug>/programme/sessions/new", programme.new_session, name="new_session"),
    path("host/e/<slug:slug>/programme/sessions/<int:number>", programme.session, name="session"),
    path("host/e/<slug:slug>/programme/sessions/<int:number>/act", programme.act, name="session_act"),
    path("host/e/<slug:slug>/programme/undo", programme.undo, name="undo"),
    path("host/e/<slug:slug>/programme/announce", programme.announce, name="announce"),
    path("host/e/<slug:slug>/programme/series", programme.series, name="series"),
    path("host/e/<slug:slug>/programme/next", programme.following, name="following"),
    path("host/e/<slug:slug>/door", door.key, name="door_key"),
    path("door/e/<slug:slug>", door.desk, name="door"),
    path("door/e/<slug:slug>/walk-in", door.walk_in, name="walk_in"),
    path("door/e/<slug:slug>/release", door.release, name="release"),
    path("door/decoder.js", door.decoder),
    path("door/service.js", door.service),
    path("host/e/<slug:slug>/registrations", desk.act_on_many, name="registrations"),
    path("host/e/<slug:slug>/registrations/<str:claim>", desk.registration, name="registration"),
    path("host/e/<slug:slug>/registrations/<str:claim>/proofs/<int:part>", proofs.one, name="proof_one"),
    path("host/e/<slug:slug>/places", places.rules, name="places"),
    path("host/e/<slug:slug>/import", files.bring, name="import"),
    path("host/e/<slug:slug>/import/template.<str:kind>", files.template, name="import_template"),
    path("host/e/<slug:slug>/import/<str:key>", files.bring_one, name="import_one"),
    path("host/e/<slug:slug>/export.<str:kind>", files.export, name="export"),
    path("host/e/<slug:slug>/statistics", statistics.statistics, name="statistics"),
    path("host/e/<slug:slug>/proofs", proofs.proofs, name="proofs"),
    path("host/e/<slug:slug>/proofs/<str:key>", proofs.download, name="proofs_file"),
    path("host/e/<slug:slug>/erasures", erasures.erasures, name="erasures"),
]
