"""The only tables: one family a file."""
