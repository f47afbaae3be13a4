"""The supply side of a city of size: units, subjects, situations and licence types, and what is generated from them."""
