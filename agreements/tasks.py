"""Jobs that others enqueue: doorbells with an id."""

from celery import shared_task

from agreements.documents import previews, renditions


@shared_task(name=renditions.RENDER_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def render_rendition(rendition_id: int) -> None:
    renditions.render(rendition_id)


@shared_task(name=renditions.DRAW_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def draw_for_reading(rendition_id: int) -> None:
    renditions.draw_for_reading(rendition_id)


@shared_task(name=previews.PREVIEW_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def make_preview(preview_id: int) -> None:
    previews.make(preview_id)
