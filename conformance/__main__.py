"""`python -m conformance` is `iai-conformance`."""

from __future__ import annotations

__all__ = ["main"]


def main() -> int:
    """Run the command line; returns the exit code, of an early Ctrl-C too."""
    try:
        from conformance.cli import main as cli

        return cli.main()
    except KeyboardInterrupt:
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
