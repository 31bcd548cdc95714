"""JSON for other programs."""

from django.urls import path

from onnuri.web.api import door, host, openapi, views

app_name = "api"
urlpatterns = [
    path("api/v1/openapi.json", openapi.description),
    path("api/v1/conversations", views.conversations),
    path("api/v1/conferences", views.conferences),
    path("api/v1/conversations/<str:code>/statements", views.statements),
    path("api/v1/conversations/<str:code>/landscape", views.landscape),
    path("api/v1/conversations/<str:code>/rehearsals", host.rehearsals),
    path("api/v1/conferences/<slug:slug>/registrations", views.registrations),
    path("api/v1/conferences/<slug:slug>/registrations/<str:claim>", views.registration),
    path("api/v1/conferences/<slug:slug>/check-ins", door.check_ins),
    path("api/v1/conferences/<slug:slug>/door.json", door.door_list),
    path("api/v1/host/conversations/<str:code>", host.state),
    path("api/v1/host/conversations/<str:code>/act", host.act),
    path("api/v1/host/conversations/<str:code>/prepare", host.prepare),
    path("api/v1/host/conversations/<str:code>/codes", host.codes),
    path("api/v1/host/conversations/<str:code>/statements/<int:number>", host.decide),
]
