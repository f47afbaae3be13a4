"""The page of supported elements is what the third-party cases say today."""

from pathlib import Path

import pytest

from engine.conformance.support import outcomes, page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "bpmn-support.md"


@pytest.mark.slow
@pytest.mark.conformance
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_page_of_supported_elements_is_current(third_party: Path) -> None:
    assert PAGE.read_text("utf-8") == page(outcomes(third_party))
