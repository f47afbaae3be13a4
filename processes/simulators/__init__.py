"""The outside world of a demo or a scenario: registers that answer, slowly, wrongly, twice or not at all when told to."""
