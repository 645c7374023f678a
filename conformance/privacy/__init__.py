"""Secrets: taken out, masked, searched for."""
