"""Addresses of signatories, of seals, and of the platform's authority."""

from django.urls import path

from sealing.views import authority, handwriting, identities, seals

urlpatterns = [
    path("signing/", identities.overview, name="signing"),
    path("signing/at/<key:pk>/", identities.identity_list, name="signing-identities"),
    path("signing/at/<key:pk>/ask/", identities.ask, name="signing-ask"),
    path("signing/<key:pk>/", identities.identity, name="signing-identity"),
    path("signing/<key:pk>/confirm/", identities.confirm, name="signing-confirm"),
    path("signing/<key:pk>/vouch/", identities.vouch, name="signing-vouch"),
    path("signing/<key:pk>/refuse/", identities.refuse, name="signing-refuse"),
    path("signing/<key:pk>/withdraw/", identities.withdraw, name="signing-withdraw"),
    path("signing/<key:pk>/activate/", identities.activate, name="signing-activate"),
    path("signing/<key:pk>/import/", identities.bring_in, name="signing-import"),
    path("signing/<key:pk>/pin/", identities.change_pin, name="signing-pin"),
    path("signing/<key:pk>/again/", identities.again, name="signing-again"),
    path("signing/<key:pk>/revoke/", identities.revoke, name="signing-revoke"),
    path("signing/handwriting/", handwriting.own, name="signing-handwriting"),
    path("signing/handwriting/picture.png", handwriting.picture, name="signing-handwriting-picture"),
    path("signing/at/<key:pk>/seals/", seals.seal_list, name="seals"),
    path("signing/at/<key:pk>/seals/add/", seals.add, name="seal-add"),
    path("signing/seals/<key:pk>/", seals.seal, name="seal"),
    path("signing/seals/<key:pk>/confirm/", seals.confirm, name="seal-confirm"),
    path("signing/seals/<key:pk>/refuse/", seals.stop, {"verb": "refuse"}, name="seal-refuse"),
    path("signing/seals/<key:pk>/suspend/", seals.stop, {"verb": "suspend"}, name="seal-suspend"),
    path("signing/seals/<key:pk>/resume/", seals.resume, name="seal-resume"),
    path("signing/seals/<key:pk>/destroy/", seals.stop, {"verb": "destroy"}, name="seal-destroy"),
    path("signing/seals/<key:pk>/keeper/", seals.keeper, name="seal-keeper"),
    path("signing/seals/<key:pk>/authorise/", seals.authorise, name="seal-authorise"),
    path("signing/seals/authorisations/<key:pk>/take-back/", seals.take_back, name="seal-take-back"),
    path("signing-authority/", authority.about, name="signing-authority"),
    path("signing-authority/authority.crt", authority.certificate, name="authority-certificate"),
    path("signing-authority/list.crl", authority.revocation_list, name="revocation-list"),
]
