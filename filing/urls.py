"""Addresses of filings. Files are served only through these views."""

from django.urls import path

from filing import (
    batch_views,
    clerk_views,
    hand_in_views,
    number_views,
    paper_views,
    queue_views,
    review_views,
    unfiled_views,
)

urlpatterns = [
    path("filing/", queue_views.filing_list, name="filing-list"),
    path("filing/batch/", batch_views.batch_list, name="filing-batch"),
    path("filing/batch/ask/", batch_views.ask, name="filing-batch-ask"),
    path("filing/batch/<key:batch>/", batch_views.detail, name="filing-batch-detail"),
    path("filing/numbers/", number_views.filing_numbers, name="filing-numbers"),
    path("filing/<key:filing>/", paper_views.filing_detail, name="filing-detail"),
    path("filing/<key:filing>/copy.pdf", paper_views.show_copy, name="filing-copy"),
    path("filing/<key:filing>/receipt-panel/", paper_views.receipt_panel, name="filing-receipt-panel"),
    path("filing/<key:filing>/receipt.pdf", paper_views.download_receipt, name="filing-receipt"),
    path("filing/<key:filing>/submit/", clerk_views.submit, name="filing-submit"),
    path("filing/<key:filing>/withdraw/", clerk_views.withdraw, name="filing-withdraw"),
    path("filing/<key:filing>/resubmit/", clerk_views.resubmit, name="filing-resubmit"),
    path("filing/<key:filing>/take-up/", review_views.take_up, name="filing-take-up"),
    path("filing/<key:filing>/accept/", review_views.accept, name="filing-accept"),
    path("filing/<key:filing>/return/", review_views.return_for_correction, name="filing-return"),
    path("filing/<key:filing>/close/", review_views.close, name="filing-close"),
    path("filing/<key:filing>/hand-over/", review_views.hand_over, name="filing-hand-over"),
    path("filing/<key:filing>/rescan/", hand_in_views.ask_for_rescan, name="filing-rescan"),
    path("filing/<key:filing>/rescan/drop/", hand_in_views.drop_rescan, name="filing-rescan-drop"),
    path("agreements/<name:number>/rescan/", unfiled_views.ask_for_rescan, name="agreement-rescan"),
    path("agreements/<name:number>/rescan/drop/", unfiled_views.drop_rescan, name="agreement-rescan-drop"),
    path("filing/<key:filing>/hand-in/", hand_in_views.hand_in, name="filing-hand-in"),
    path("filing/<key:filing>/hand-in/<key:hand_in>/note/", hand_in_views.note, name="filing-hand-in-note"),
    path("filing/<key:filing>/hand-in/<key:hand_in>/return/", hand_in_views.send_back, name="filing-hand-in-return"),
]
