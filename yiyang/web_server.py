"""gunicorn's settings, for the trial and for production: `gunicorn --config python:yiyang.web_server yiyang.wsgi`."""

from typing import Any

workers = 2
preload_app = True  # by the parent, so that its workers share what is loaded
worker_class = "yiyang.patient.PatientWorker"
timeout = 60  # seconds for one request; then its worker is replaced
sendfile = False  # answers are collected before they go
forwarder_headers = ""  # no header says where the platform lies, as gunicorn lets whoever comes from this machine say
accesslog = "-"
logger_class = "yiyang.log_lines.AccessLogger"


def when_ready(server: Any) -> None:
    """Called by gunicorn in the parent, before it has any worker."""
    from yiyang import sharing

    sharing.load()
