"""The commands that third-party suites call; they run the real deploy and the real kernel."""
