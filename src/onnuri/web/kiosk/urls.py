"""Addresses of the shared tablet."""

from django.urls import path

from onnuri.web.kiosk import views

app_name = "kiosk"
urlpatterns = [
    path("kiosk/<str:code>", views.kiosk, name="kiosk"),
    # The three forms are answered by live/cards.py before they reach here.
    path("kiosk/<str:code>/start", views.elsewhere, name="start"),
    path("kiosk/<str:code>/answer", views.elsewhere, name="answer"),
    path("kiosk/<str:code>/next", views.next_person, name="next"),
]
