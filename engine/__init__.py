"""The engine: everything that decides and remembers; no HTTP, no scheduler."""
