"""Jobs that the clock starts."""

from celery import shared_task

from demo import on_screen


@shared_task(name="demo.schedule.sign_on_screen")  # type: ignore[untyped-decorator]  # Celery has no types
def sign_on_screen() -> None:
    on_screen.sign_waiting()
