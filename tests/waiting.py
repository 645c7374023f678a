"""Waiting for events, however long they take: a busy machine makes a test slow, never wrong."""

import subprocess

# Seconds. Nothing takes that long, unless something is wrong: then the test fails, and doesn't go on.
PATIENCE = 300


def wait_for(event):
    """Wait for a `threading.Event`, or any other whose `wait` says whether it came."""
    assert event.wait(PATIENCE), "what was waited for never came"


def outputs(process):
    """Standard output and error of a process, once it has ended."""
    try:
        return process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
