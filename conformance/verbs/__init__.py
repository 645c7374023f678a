"""Verbs of the command line, by what they are about. Each module adds options, and imports the rest when it is run."""
