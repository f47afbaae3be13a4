"""Service packages: what a service is made of, how it is checked, tried and wired; data in sub-folders without code."""
