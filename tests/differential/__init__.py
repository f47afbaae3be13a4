"""FEEL beside other evaluators: random well-typed expressions, their text, and a slow and obvious evaluation of their trees."""
