"""`python -m tests.live_process WORDS`: the command, in a process that is told in which order a live run asks.

To find that out takes longer than all that most of these processes send.
"""

import json
import os
import sys
from pathlib import Path

from conformance.__main__ import main
from conformance.runs import settling

RANKS = "STAND_IN_RANKS"

if __name__ == "__main__":
    ranks = json.loads(Path(os.environ[RANKS]).read_text(encoding="utf-8"))
    settling._ranks = lambda: ranks
    sys.exit(main())
