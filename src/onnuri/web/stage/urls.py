"""Address of the big screen."""

from django.urls import path

from onnuri.web.stage import questions, views

app_name = "stage"
urlpatterns = [
    path("stage/<str:code>.json", views.stage),
    path("stage/<str:code>/speaker", questions.speaker, name="speaker"),
    path("stage/<str:code>", views.stage, name="stage"),
]
