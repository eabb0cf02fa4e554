"""Addresses of filings. Files are served only through these views."""

from django.urls import path

from filing import clerk_views, paper_views, queue_views, review_views

urlpatterns = [
    path("filing/", queue_views.filing_list, name="filing-list"),
    path("filing/export/", queue_views.filing_export, name="filing-export"),
    path("filing/batch/", review_views.batch, name="filing-batch"),
    path("filing/<int:filing>/", paper_views.filing_detail, name="filing-detail"),
    path("filing/<int:filing>/copy.pdf", paper_views.show_copy, name="filing-copy"),
    path("filing/<int:filing>/receipt-panel/", paper_views.receipt_panel, name="filing-receipt-panel"),
    path("filing/<int:filing>/receipt.pdf", paper_views.download_receipt, name="filing-receipt"),
    path("filing/<int:filing>/submit/", clerk_views.submit, name="filing-submit"),
    path("filing/<int:filing>/withdraw/", clerk_views.withdraw, name="filing-withdraw"),
    path("filing/<int:filing>/resubmit/", clerk_views.resubmit, name="filing-resubmit"),
    path("filing/<int:filing>/take-up/", review_views.take_up, name="filing-take-up"),
    path("filing/<int:filing>/accept/", review_views.accept, name="filing-accept"),
    path("filing/<int:filing>/return/", review_views.return_for_correction, name="filing-return"),
    path("filing/<int:filing>/hand-over/", review_views.hand_over, name="filing-hand-over"),
]
