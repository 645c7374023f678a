"""A run: what it was asked for, the cases it sends, what it explores, and how a session begins and ends."""
