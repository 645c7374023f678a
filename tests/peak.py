"""How much memory a process has had at most. Run with words, the command with these, which tells it at the end."""

import re
import resource
import sys
from pathlib import Path


def peak():
    """In megabytes. What the kernel counts for `getrusage` a process has from the one that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return int(re.search(r"VmHWM:\s*(\d+) kB", status.read_text())[1]) // 1024


if __name__ == "__main__":
    from conformance.cli.main import main

    code = main(sys.argv[1:])
    print(peak(), file=sys.stderr)
    sys.exit(code)
