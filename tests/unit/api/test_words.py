"""Values of registers are read in words, never as codes."""

from flask import Flask

from api.web import facts


def test_an_enumerated_fact_is_shown_by_its_name_in_the_readers_language(lone_app: Flask) -> None:
    with lone_app.test_request_context("/?lang=zh", headers={"Accept-Language": "zh-CN"}):
        assert facts.fact_value("addresses.usage", "commercial") == "商业"
        assert facts.fact_value("degree", "bachelor") == "本科"
        assert facts.fact_value("scope", "commercial") == "commercial"
