"""What all tests share."""

from unittest import mock

import pytest

from conformance.report import json_report
from tests.reports import checked
from tests.stand_in import FOREIGN, StandIn


@pytest.fixture(autouse=True, scope="session")
def _reports_keep_the_schema():
    """Whatever a test makes: each report that becomes JSON in this process keeps the published schema."""
    made = json_report.to_json
    with mock.patch.object(json_report, "to_json", lambda report: checked(made(report))):
        yield


@pytest.fixture(name="stand_in")
def _stand_in(tmp_path):
    """The real service's stand-in, with groups of somebody else in the account."""
    with StandIn(tmp_path / "stand-in") as stand_in:
        stand_in.service.populate(*FOREIGN)
        yield stand_in
