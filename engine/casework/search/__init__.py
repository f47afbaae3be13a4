"""Searching the catalogue as people speak: words, other words, pinyin, initials, slips; the same on every database.

The index lives in memory, beside each web process: seven thousand services are small, and neither SQLite's nor PostgreSQL's
full-text search cuts Chinese into words (docs/decisions/0010-the-catalogue-is-searched-in-memory.md)."""

from engine.casework.search.index import Entry, Filters, Hits
from engine.casework.search.live import find

__all__ = ["Entry", "Filters", "Hits", "find"]
