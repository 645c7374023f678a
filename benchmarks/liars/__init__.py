"""Servers that are wrong and try to look right: is none of them called conforming?"""
