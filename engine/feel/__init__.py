"""FEEL: parse, compile and evaluate the only expression language; pure."""
