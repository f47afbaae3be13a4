"""Forms: their vocabulary, validation, prefill and view; pure."""
