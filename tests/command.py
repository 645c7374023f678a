"""The command in this process, for tests whose point isn't the process: to start a Python costs more than most runs."""

import contextlib
import io
import os
import sys
from dataclasses import dataclass
from unittest import mock

from conformance.cli.main import main


@dataclass(frozen=True)
class Done:
    """How the command ended, as `subprocess.run` would say it."""

    returncode: int
    stdout: str
    stderr: str


def command(*words, **environment):
    """Run the command with these words, in the folder and the environment at hand and what is named besides."""
    out, err = io.StringIO(), io.StringIO()
    with mock.patch.dict(os.environ, environment), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as exit_:
            code = exit_.code
    # Captured by pytest, whose report of it is searched for secrets.
    sys.stdout.write(out.getvalue())
    sys.stderr.write(err.getvalue())
    return Done(code, out.getvalue(), err.getvalue())
