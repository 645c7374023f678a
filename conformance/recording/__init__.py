"""Cassettes: recorded exchanges with their provenance; how they are written, read, checked and replayed."""
