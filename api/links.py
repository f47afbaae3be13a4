"""Addresses that leave the house: in documents, QR codes and mails."""

from flask import url_for

from api import current


def verify_url(code: str) -> str:
    """Where anybody verifies a document or licence."""
    return current.engine().settings.base_url.rstrip("/") + url_for("public.verify", code=code)
