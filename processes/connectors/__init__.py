"""Adapters to the outside world behind the ports: attribute sources, notification channels."""
