"""One of the servers, whose URL comes first.

python -m benchmarks.liars.servers NAME|right --secret-id ID --secret-key KEY [--port 0]
"""

import argparse

from benchmarks.liars.servers.everybody import LIARS
from benchmarks.liars.servers.library import FaceLibrary
from benchmarks.liars.servers.server import options, run

if __name__ == "__main__":
    parser = options(argparse.ArgumentParser(description=__doc__))
    parser.add_argument("name", choices=["right", *LIARS], metavar="NAME")
    args = parser.parse_args()
    run(LIARS.get(args.name, FaceLibrary), args)
