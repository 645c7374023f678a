"""Contract tests and a conformance suite for Tencent Cloud IAI CreateGroup, version 2020-03-03."""

__version__ = "0.1.0"
