"""Two runs on one live account at once, each in a process of its own: they share what the account takes."""

import itertools
import subprocess

import pytest

from tests.stand_in import FEW, FOREIGN, LIVE, Service, StandIn, foreign_only, live_process
from tests.waiting import outputs


class Shared(Service):
    """A service with groups of others, that may throttle every so manieth request, whoever sends it."""

    def __init__(self, every=None, **how):
        super().__init__(**how)
        self.populate(*FOREIGN)
        self._number, self._every = itertools.count(1), every

    def handle(self, http):
        """The answer."""
        throttles = self._every is not None and next(self._number) % self._every == 0
        return self.refuse("RequestLimitExceeded") if throttles else super().handle(http)


def run_twice(service, folder, *words):
    """What two runs come to at the same time: (exit code, all that they said) each."""
    with StandIn(folder, service) as stand_in:
        processes = [
            subprocess.Popen(
                live_process(*LIVE, *FEW, "--rate", "10", *words),
                env=stand_in.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        said = ["".join(outputs(each)) for each in processes]
        assert stand_in.journals == [], said
    return [(each.returncode, text) for each, text in zip(processes, said, strict=True)]


@pytest.mark.slow
def test_they_share_the_rate(tmp_path):
    """Either may be throttled for what the other sent: both go on slower, and neither lays that to the service."""
    service = Shared(every=15)
    ended = run_twice(service, tmp_path, "--max-requests", "30")

    assert [code for code, _ in ended] == [0, 0], ended
    assert all("0 left" in text and "✗" not in text for _, text in ended), ended
    assert any("requests come too fast" in text for _, text in ended)
    assert foreign_only(service)


@pytest.mark.slow
def test_they_share_the_quota(tmp_path):
    """Where the account takes no more groups, that is told, and is no departure; each deletes its own."""
    service = Shared(quota=len(FOREIGN) + 5)
    ended = run_twice(service, tmp_path)

    assert 3 in [code for code, _ in ended], ended
    assert all(code == 0 or "takes no more groups in this account" in text for code, text in ended), ended
    assert not any("✗" in text for _, text in ended), ended
    assert foreign_only(service)
