"""Addresses for anyone."""

from django.urls import path

from onnuri.web.public import calendar, comments, decisions, landing, order, places, programme, proofs, record, rights

app_name = "public"
urlpatterns = [
    path("", landing.home, name="home"),
    path("index.json", landing.home),
    path("demo/finish", landing.finish, name="finish"),
    path("e/<slug:slug>", programme.conference, name="conference"),
    path("e/<slug:slug>.json", programme.conference),
    path("e/<slug:slug>.ics", calendar.feed, name="calendar"),
    path("e/<slug:slug>.<slug:lang>.ics", calendar.feed),
    path("s/<slug:slug>", programme.series, name="series"),
    path("s/<slug:slug>.json", programme.series),
    path("e/<slug:slug>/sessions/<int:session>/comments", comments.under_talk, name="talk_comments"),
    path("e/<slug:slug>/sessions/<int:session>/comments.json", comments.under_talk),
    path("e/<slug:slug>/register", places.register, name="register"),
    path("e/<slug:slug>/ticket/<str:claim>", places.ticket, name="ticket"),
    path("e/<slug:slug>/ticket/<str:claim>/form", places.form, name="form"),
    path("e/<slug:slug>/ticket/<str:claim>/<slug:act>", places.change, name="change"),
    path("e/<slug:slug>/pass/<str:code>", places.companion, name="pass"),
    path("e/<slug:slug>/order", order.order, name="order"),
    path("e/<slug:slug>/order.json", order.log, name="log"),
    path("e/<slug:slug>/confirm/<str:token>", places.confirm, name="confirm"),
    path("proof", proofs.ask, name="proof_ask"),
    path("proof/<str:code>", proofs.proof, name="proof"),
    path("c/<str:code>/log", decisions.decisions, name="decisions"),
    path("c/<str:code>/log.json", decisions.decisions),
    path("rights", rights.ask, name="rights"),
    path("rights/of/<int:number>", rights.author, name="rights_author"),
    path("rights/<str:key>", rights.one, name="rights_request"),
    path("r/<str:code>.json", record.record),
    path("r/<str:code>/record.zip", record.record_zip, name="record_zip"),
    path("r/<str:code>/record.html", record.record_page, name="record_page"),
    path("r/<str:code>/comments", comments.under_record, name="record_comments"),
    path("r/<str:code>/comments.json", comments.under_record),
    path("r/<str:code>", record.record, name="record"),
    path("comments/blocked", comments.blocked, name="blocked"),
    path("comments/blocked/<int:author>", comments.unblock, name="unblock"),
    path("comments/<int:pk>/react", comments.react, name="comment_react"),
    path("comments/<int:pk>/mark", comments.mark, name="comment_mark"),
    path("comments/<int:pk>/delete", comments.delete, name="comment_delete"),
    path("comments/<int:pk>/report", comments.report, name="comment_report"),
    path("comments/<int:pk>/block", comments.block, name="comment_block"),
]
