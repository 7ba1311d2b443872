"""A mail about a recall."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final
from urllib.parse import unquote, urlsplit

from forebear.client.notify_http import Refused
from forebear.core.errors import StoreError

__all__ = ["PASSWORD", "send_mail"]

PASSWORD: Final = "FOREBEAR_SMTP_PASSWORD"  # noqa: S105  the name of the variable
_FINAL: Final = 500


def send_mail(
    server: str, sender: str, to: str, subject: str, text: str, *, seconds: float = 10.0
) -> None:
    """Send one mail by a mail server, `smtp://user@host:587` or `smtps://…`.

    Raises:
        Refused: the settings make no sense, or the server does not want it.
        StoreError: the server is away or too slow.
    """
    try:
        message = _message(sender, to, subject, text)
    except ValueError as error:
        raise Refused(f"No mail can be written to that address: {error}.") from None
    parts = urlsplit(server)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not sender:
        raise Refused(
            "A mail needs a server and a sender.",
            hint='smtp = "smtp://mail.example.org:587" and sender in [notify] of config.toml.',
        )
    try:
        with _reached(parts.scheme, parts.hostname, parts.port or 0, seconds) as smtp:
            password = os.environ.get(PASSWORD, "")
            if parts.username and password:
                smtp.login(unquote(parts.username), password)
            smtp.send_message(message)
    except smtplib.SMTPResponseException as error:
        said = f"{parts.hostname} refuses the mail ({error.smtp_code})."
        raise (Refused(said) if error.smtp_code >= _FINAL else StoreError(said)) from None
    except smtplib.SMTPRecipientsRefused:
        raise Refused(f"{parts.hostname} refuses the address.") from None
    except (OSError, smtplib.SMTPException) as error:
        raise StoreError(f"{parts.hostname} cannot be reached: {error}.") from None


def _message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Subject"] = " ".join(subject.split())
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="forebear.invalid")
    message.set_content(text)
    return message


def _reached(scheme: str, host: str, port: int, seconds: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=seconds, context=context)
    smtp = smtplib.SMTP(host, port or 25, timeout=seconds)
    try:
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo()
    except BaseException:
        smtp.close()
        raise
    return smtp
