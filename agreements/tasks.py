"""Jobs that others enqueue: doorbells with an id."""

from celery import shared_task

from agreements.documents import renditions


@shared_task(name=renditions.RENDER_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def render_rendition(rendition_id: int) -> None:
    renditions.render(rendition_id)
