"""Ids: random, and in the order in which a process made them."""

from uuid import UUID

from engine.models.base import new_id


def test_an_id_is_greater_than_the_one_before_also_within_a_millisecond() -> None:
    made = [new_id() for _ in range(10_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_is_a_uuid_of_version_seven() -> None:
    assert UUID(new_id()).version == 7
