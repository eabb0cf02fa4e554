"""The only module that sends mail. Knows no notice: a letter in, sent or an error out."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

PERMANENT = range(500, 600)  # RFC 5321, 4.2.1: the server will not change its mind


class NotSent(Exception):
    """The server did not take the letter. `is_final`: trying again is of no use. `is_down`: nobody could be served."""

    def __init__(self, reason: str, *, is_final: bool = False, is_down: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.is_down = is_down


@dataclass(frozen=True)
class Letter:
    """One e-mail of a kind: templates/emails/<kind>.subject.txt, .txt and .html, filled from `facts`.

    `message_id` is the same for every hand-over of the same letter, without angle brackets.
    """

    kind: str
    to: str
    message_id: str
    facts: dict[str, object]

    def as_mail(self) -> EmailMultiAlternatives:
        """Return the message with its text and HTML forms."""
        subject, text, html = (
            render_to_string(f"emails/{self.kind}.{part}", self.facts) for part in ("subject.txt", "txt", "html")
        )
        # Auto-Submitted (RFC 3834) keeps absence notes from answering.
        headers = {"Message-ID": f"<{self.message_id}>", "Auto-Submitted": "auto-generated"}
        mail = EmailMultiAlternatives(" ".join(subject.split()), text, to=[self.to], headers=headers)
        mail.attach_alternative(html, "text/html")
        return mail


class Mailbag:
    """A connection to the mail server, opened before the first letter and used for all of them."""

    def __init__(self) -> None:
        self._connection = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Connect and sign in, if that has not been done. Raises NotSent when the server cannot be reached."""
        try:
            self._connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"连不上邮件服务器：{_told(error)}", is_down=True) from error

    def send(self, letter: Letter) -> None:
        """Give one letter to the server. Raises NotSent."""
        mail = letter.as_mail()
        mail.connection = self._connection
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as refused:
            code, _ = next(iter(refused.recipients.values()))
            raise NotSent(f"邮件服务器不接受收件地址：{_told(refused)}", is_final=code in PERMANENT) from refused
        except smtplib.SMTPResponseException as error:
            # A refusal of the sender or of the whole transaction: the settings are at fault, or the hour.
            raise NotSent(f"邮件服务器拒绝：{_told(error)}") from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise NotSent(f"与邮件服务器的连接中断：{_told(error)}", is_down=True) from error

    def close(self) -> None:
        self._connection.close()


def sender_host() -> str:
    """Return the domain that our letters come from."""
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")


def _told(error: Exception) -> str:
    return f"{type(error).__name__} {error}"[:500]
