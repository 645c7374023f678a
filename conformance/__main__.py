"""`python -m conformance` is `iai-conformance`."""

from conformance.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
