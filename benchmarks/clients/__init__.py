"""Clients and drivers that prove the judge of clients: a perfect one, others that break one thing, and liars."""
