"""The command line: a verb, or a part of one, a file."""
