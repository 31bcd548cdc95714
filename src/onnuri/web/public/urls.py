"""Addresses for anyone."""

from django.urls import path

from onnuri.web.public import landing, places, record

app_name = "public"
urlpatterns = [
    path("", landing.home, name="home"),
    path("index.json", landing.home),
    path("demo/finish", landing.finish, name="finish"),
    path("e/<slug:slug>", places.conference, name="conference"),
    path("e/<slug:slug>.json", places.conference),
    path("e/<slug:slug>/register", places.register, name="register"),
    path("e/<slug:slug>/ticket/<str:claim>", places.ticket, name="ticket"),
    path("e/<slug:slug>/ticket/<str:claim>/give-up", places.give_up, name="give_up"),
    path("e/<slug:slug>/confirm/<str:token>", places.confirm, name="confirm"),
    path("r/<str:code>.json", record.record),
    path("r/<str:code>/record.zip", record.record_zip, name="record_zip"),
    path("r/<str:code>/record.html", record.record_page, name="record_page"),
    path("r/<str:code>", record.record, name="record"),
]
