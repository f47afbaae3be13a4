"""The suite of figures: each beside a limit or a peer measured in the same run on the same machine, as a ratio."""
