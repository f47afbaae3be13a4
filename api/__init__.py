"""The web shell: REST and pages over Flask."""
