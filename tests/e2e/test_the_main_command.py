"""`tongban run --demo`, as a newcomer starts it: seeded, stopped by Ctrl-C, started again with everything still there."""

from pathlib import Path
from urllib.request import urlopen

import pytest
import sqlalchemy as sa

from tests.e2e.city import City

pytestmark = pytest.mark.slow


def cases_in(folder: Path) -> list[str]:
    database = sa.create_engine(f"sqlite:///{folder / 'var' / 'tongban.db'}", poolclass=sa.NullPool)
    with database.connect() as connection:
        return list(connection.execute(sa.text("select case_no from cases order by case_no")).scalars())


def test_a_city_stops_cleanly_and_a_second_start_keeps_its_cases(tmp_path: Path) -> None:
    first = City(tmp_path)
    code = first.stop()
    before = cases_in(tmp_path)

    second = City(tmp_path)
    second.stop()

    assert code == 0
    assert len(before) > 5
    assert cases_in(tmp_path) == before


def test_a_city_names_its_address_and_the_people_to_be(tmp_path: Path) -> None:
    city = City(tmp_path)
    with urlopen(f"{city.address}/login") as answer:
        login = answer.read().decode()
    city.stop()
    said = (tmp_path / "city.log").read_text("utf-8")

    assert city.address in said
    assert all(name in said and name in login for name in ("陈桂芳", "李敏", "刘立", "邓工", "何维"))
    assert "Traceback" not in said
