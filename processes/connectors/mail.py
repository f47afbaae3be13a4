"""Mail by SMTP and SMS by an HTTP gateway: what leaves the house says a case number and a link, nothing else."""

import json
import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from hashlib import sha256
from http.client import HTTPException
from urllib.request import Request, urlopen

from engine.ports import Check, ConnectorUnavailable

_MOST_BYTES = 64 * 1024
Reached = Callable[[str], str | None]
"""Where an account's mail or SMS goes, by its id; None: this channel does not reach it."""


class SmtpChannel:
    """A NotificationChannel over SMTP. The message id follows from the key, so that a mail sent twice is shown once."""

    def __init__(self, host: str, port: int, sender: str, address: Reached, *, user: str = "", password: str = "") -> None:
        self.host, self.port, self.sender, self.address = host, port, sender, address
        self.user, self._password = user, password

    def send(self, to: str, subject: str, body: str, *, idempotency_key: str) -> None:
        """Sends once for each key, as far as the mail server keeps message ids apart. Raises ConnectorUnavailable."""
        address = self.address(to)
        if not address:
            return
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, address, subject
        mark = sha256(idempotency_key.encode()).hexdigest()[:24]
        mail["Message-ID"] = f"<{mark}@tongban>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(body)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=10) as server:
                if self.user:
                    server.starttls()
                    server.login(self.user, self._password)
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as failure:
            raise ConnectorUnavailable(f"SMTP {self.host}: {type(failure).__name__}") from failure

    def check(self) -> Check:
        """Whether the server answers."""
        try:
            with smtplib.SMTP(self.host, self.port, timeout=5) as server:
                server.noop()
        except (OSError, smtplib.SMTPException):
            return Check(
                False, f"the mail server {self.host}:{self.port} does not answer", f"邮件服务器 {self.host}:{self.port} 无响应"
            )
        return Check(True, f"mail goes out by {self.host}", f"邮件经 {self.host} 发出")


class SmsChannel:
    """A NotificationChannel over an SMS gateway's HTTP interface: POST {to, text, key}."""

    def __init__(self, url: str, token: str, number: Reached) -> None:
        self.url, self._token, self.number = url, token, number

    def send(self, to: str, subject: str, body: str, *, idempotency_key: str) -> None:
        """Sends the subject alone: an SMS is short. Raises ConnectorUnavailable."""
        number = self.number(to)
        if not number:
            return
        asked = json.dumps({"to": number, "text": subject, "key": idempotency_key}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        try:
            with urlopen(Request(self.url, asked, headers), timeout=10) as answer:  # noqa: S310  # the operator's own address
                said = answer.read(_MOST_BYTES)
        except (HTTPException, OSError) as failure:
            raise ConnectorUnavailable(f"SMS gateway: {type(failure).__name__}") from failure
        if _is_refusal(said):
            raise ConnectorUnavailable("SMS gateway: it took the message and said that it failed")

    def check(self) -> Check:
        """The gateway's own health cannot be asked without sending."""
        return Check(True, "SMS go out by the gateway", "短信经网关发出")


def _is_refusal(said: bytes) -> bool:
    """Whether a good status came with a failure inside: `error` says something, `ok` or `success` is false."""
    try:
        found = json.loads(said)
    except ValueError:
        return False
    return isinstance(found, dict) and bool(found.get("error") or False in (found.get("ok"), found.get("success")))
