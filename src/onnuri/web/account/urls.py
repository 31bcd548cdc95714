"""Our own pages of an account; the rest are allauth's, in our templates."""

from django.urls import path
from django.views.generic import RedirectView

from onnuri.web.account import pages, provider

urlpatterns = [
    path("", pages.home, name="account_home"),
    path("name/", pages.name, name="account_name"),
    path("language/", pages.language, name="account_language"),
    path("sign-out-elsewhere/", pages.sign_out_elsewhere, name="account_sign_out_elsewhere"),
    path("conferences/", pages.new_conference, name="account_new_conference"),
    # One page lists all: the second step's.
    path("2fa/webauthn/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("oidc/<str:provider_id>/login/", provider.there, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", provider.back, name="openid_connect_callback"),
]
