"""Cassettes: recorded interactions with their provenance, in vcrpy's YAML. Pure, but for `shelf` and `writer`."""
