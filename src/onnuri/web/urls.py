"""All addresses, by audience."""

from django.urls import include, path

handler400 = "onnuri.web.errors.bad_request"
handler404 = "onnuri.web.errors.page_not_found"
handler429 = "onnuri.web.errors.too_many"
handler500 = "onnuri.web.errors.server_error"
urlpatterns = [
    path("account/", include("onnuri.web.account.urls")),
    path("account/", include("allauth.urls")),
    path("", include("onnuri.web.public.urls")),
    path("", include("onnuri.web.attend.urls")),
    path("", include("onnuri.web.kiosk.urls")),
    path("", include("onnuri.web.stage.urls")),
    path("", include("onnuri.web.host.urls")),
    path("", include("onnuri.web.api.urls")),
]
