"""Servers that strangers wrote from the page alone, with mistakes that they thought of: found, or missed?"""
