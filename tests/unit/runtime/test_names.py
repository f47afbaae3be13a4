"""Steps have an English name where their diagram gives one, and keep the drawn one where it does not."""

from engine.actors import SYSTEM
from engine.runtime import names
from engine.transaction import Engine
from tests.unit.runtime.test_changes import straight
from tests.unit.runtime.versions import publish

NAMED = (
    '<userTask id="{}" name="{}"><extensionElements><camunda:properties><camunda:property name="name.en" value="{}"/>'
    "</camunda:properties></extensionElements></userTask>"
)


def test_a_steps_english_name_is_known_by_the_drawn_one(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin(SYSTEM) as tx:
        publish(tx, straight(NAMED.format("t", "受理审查", "Intake check"), names=("t",)))

        assert names.english(tx) == {"受理审查": "Intake check"}


def test_steps_waited_at_together_are_translated_one_by_one_and_an_unknown_one_stays() -> None:
    assert names.translated("受理审查、盖章", {"受理审查": "Intake check"}) == "Intake check, 盖章"
