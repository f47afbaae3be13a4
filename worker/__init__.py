"""The worker shell: heartbeats that sweep leased rows."""
