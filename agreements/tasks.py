"""Jobs that others enqueue: doorbells with an id."""

from typing import Any

from celery import shared_task
from celery.signals import worker_init

from agreements.documents import previews, renditions
from agreements.documents.renderer import typesetting


@shared_task(name=renditions.RENDER_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def render_rendition(rendition_id: int) -> None:
    renditions.render(rendition_id)


@shared_task(name=renditions.DRAW_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def draw_for_reading(rendition_id: int) -> None:
    renditions.draw_for_reading(rendition_id)


@shared_task(name=previews.PREVIEW_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def make_preview(preview_id: int) -> None:
    previews.make(preview_id)


@worker_init.connect  # type: ignore[untyped-decorator]  # as above
def load_typesetting(**_: Any) -> None:
    """Load WeasyPrint once, before the worker's processes part: they share it, and no first document waits for it."""
    typesetting()
