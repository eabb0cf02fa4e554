"""Addresses of people: the switch of place, people pages, invitations, administrators, the platform."""

from django.urls import path

from duties.views import acting, acts, background, contacts, holders, invitations, people, platform, requests

urlpatterns = [
    path("acting/", acting.switch, name="acting-switch"),
    path("people/", people.people_list, name="people-list"),
    path("people/invite/", invitations.invite, name="invite"),
    path("people/invitations/<key:pk>/", invitations.sent, name="invitation-sent"),
    path("people/invitations/<key:pk>/letter/", invitations.letter, name="invitation-letter"),
    path("people/invitations/<key:pk>/cancel/", invitations.cancel, name="invitation-cancel"),
    path("people/phone/", people.authority_phone, name="authority-phone"),
    path("people/contacts/", contacts.people_contacts, name="people-contacts"),
    path("people/duties/<key:pk>/end/", acts.end, name="duty-end"),
    path("people/<key:pk>/", people.person, name="person"),
    path("people/<key:pk>/grant/", acts.grant, name="duty-grant"),
    path("people/<key:pk>/password/", acts.issue_password, name="person-password"),
    path("people/<key:pk>/second-factor/", acts.reset_second_factor, name="person-second-factor"),
    path("waiting-duties/", holders.mine, name="waiting-duties"),
    path("holders/", holders.holder_list, name="holders"),
    path("holders/<key:pk>/", holders.holder, name="holder"),
    path("holders/<key:pk>/decline/", holders.decline, name="holder-decline"),
    path("institutions/<key:pk>/contacts/", contacts.institution_contacts, name="institution-contacts"),
    path("invitations/<name:secret>/", invitations.accept, name="invitation"),
    path("administrators/", requests.find, name="administrator-find"),
    path("administrators/letters/<name:code>/", requests.by_letter, name="administrator-letter"),
    path("administrators/<key:pk>/", requests.ask, name="administrator-ask"),
    path("administrators/asked/<name:number>/", requests.asked, name="administrator-asked"),
    path("administrator-requests/", requests.request_list, name="administrator-requests"),
    path("administrator-requests/<key:pk>/", requests.one_request, name="administrator-request"),
    path("administrator-requests/<key:pk>/confirm/", requests.confirm, name="administrator-confirm"),
    path("administrator-requests/<key:pk>/refuse/", requests.refuse, name="administrator-refuse"),
    path("platform/", platform.authorities, name="platform"),
    path("platform/authorities/<key:pk>/", platform.appoint, name="platform-appoint"),
    path("platform/background/", background.overview, name="platform-background"),
    path("platform/background/<name:kind>/<key:pk>/again/", background.again, name="background-again"),
    path("platform/accounts/", platform.accounts, name="platform-accounts"),
    path("platform/accounts/<key:pk>/suspend/", platform.suspend, name="account-suspend"),
    path("platform/accounts/<key:pk>/restore/", platform.restore, name="account-restore"),
]
