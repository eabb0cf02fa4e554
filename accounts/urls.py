"""Addresses of sign-in and of the person's own account."""

from django.urls import path

from accounts.views import account, identity, signing_in

urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-in/code/", signing_in.code, name="sign-in-code"),
    path("sign-in/enrol/", signing_in.enrol, name="sign-in-enrol"),
    path("sign-in/finish/", signing_in.finish, name="sign-in-finish"),
    path("sign-in/identity/", identity.start, name="identity-sign-in"),
    path("sign-in/identity/return/", identity.come_back, name="identity-return"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("confirm/", signing_in.confirm_page, name="confirm"),
    path("session/", signing_in.session, name="session"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password_change, name="password-change"),
    path("account/sessions/end/", account.sessions_end, name="sessions-end"),
    path("account/second-factor/", account.second_factor_page, name="second-factor"),
    path("account/recovery-codes/", account.recovery_codes, name="recovery-codes"),
    path("account/identity/link/", identity.link, name="identity-link"),
    path("account/identity/unlink/", identity.unlink, name="identity-unlink"),
    path("roomy-lists/", account.roomy_lists, name="roomy-lists"),
    path("large-print/", account.large_print, name="large-print"),
]
