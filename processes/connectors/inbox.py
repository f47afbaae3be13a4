"""A channel that delivers into the city's own message boxes; text messages join it where a city connects them."""

import logging

from engine.ports import Check

log = logging.getLogger("tongban.notices")


class LogChannel:
    """Writes what would be sent to the log, without the person's address."""

    def send(self, to: str, subject: str, body: str, *, idempotency_key: str) -> None:
        """One line for each message."""
        log.debug("notice.sent", extra={"subject": subject, "key": idempotency_key})

    def check(self) -> Check:
        """Always well."""
        return Check(True, "Messages go to the log.", "消息写入日志。")
