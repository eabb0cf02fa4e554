"""Addresses of the register and of one institution."""

from django.urls import path

from institutions.register import act_views, editing_views, list_views, views

ONE = "institutions/<key:pk>/"

urlpatterns = [
    path("institutions/", list_views.institution_list, name="institution-list"),
    path("institutions/add/", editing_views.institution_add, name="institution-add"),
    path(ONE, views.institution_detail, name="institution-detail"),
    path(f"{ONE}edit/", editing_views.institution_edit, name="institution-edit"),
    path(f"{ONE}rename/", act_views.institution_rename, name="institution-rename"),
    *(
        path(f"{ONE}{verb}/", act_views.institution_status, {"verb": verb}, name=f"institution-{verb}")
        for verb in act_views.VERBS
    ),
    path(f"{ONE}validity/", act_views.institution_validity, name="institution-validity"),
    path(f"{ONE}withdraw-filing/", act_views.institution_withdraw_filing, name="institution-withdraw-filing"),
    path(
        f"{ONE}validity/<key:period>/scan/",
        act_views.institution_validity_scan,
        name="institution-validity-scan",
    ),
]
