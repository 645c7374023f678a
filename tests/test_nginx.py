"""Servers behind nginx: the verdict is the server's, and what nginx does by itself is told as that."""

import json

import pytest

from conformance.emulator import Emulator
from conformance.emulator.server import Server
from tests.command import command
from tests.nginx import needs_nginx, nginx

pytestmark = [pytest.mark.slow, needs_nginx]
_PASSED_ON = "location / {{ proxy_pass {}; proxy_http_version 1.1; proxy_set_header Host $http_host; }}"


def judged(folder, directives, *words):
    """How a run against the emulator behind nginx ends, and which clauses failed; `{}` is the emulator's URL."""
    report = folder / "report.json"
    with Server(Emulator()) as server, nginx(folder, directives.format(server.url)) as url:
        done = command("run", "--target", url, "--profile", "smoke", "--json", str(report), *words)
    clauses = json.loads(report.read_text())["clauses"] if report.exists() else []
    return done, {each["id"] for each in clauses if each["status"] == "failed"}


@pytest.mark.slow
def test_that_takes_what_the_api_does(tmp_path):
    """A server behind nginx conforms, where nginx takes as much as the API."""
    sizes = " client_max_body_size 20m; large_client_header_buffers 4 64k;"
    done, failed = judged(tmp_path, _PASSED_ON + sizes, "--level", "protocol,envelope,concurrency")

    assert (done.returncode, failed) == (0, set()), done.stdout + done.stderr


@pytest.mark.slow
def test_that_takes_less(tmp_path):
    """What nginx takes by default is less than the API does: that is laid to the clauses on sizes alone."""
    done, failed = judged(tmp_path, _PASSED_ON, "--level", "protocol,envelope")

    assert failed == {"Protocol.size.get", "Protocol.size.version-3"}, done.stdout + done.stderr
    assert "HTTP 414 URI Too Long, and no answer of the API" in done.stdout
    assert "HTTP 413 Content Too Large, and no answer of the API" in done.stdout


def test_that_rewrites_host(tmp_path):
    """By default, nginx names the server behind it in Host, which was signed otherwise: the sentence says so."""
    done, failed = judged(tmp_path, "location / {{ proxy_pass {}; }}")

    assert (done.returncode, failed) == (3, set())
    assert "proxy_set_header Host $http_host" in done.stderr


def test_that_redirects(tmp_path):
    """A redirect is told with where it leads, and isn't followed."""
    done, failed = judged(tmp_path, "return 308 https://elsewhere.example$request_uri; # {}\n")

    assert (done.returncode, failed) == (3, set())
    assert "redirects to https://elsewhere.example/ (HTTP 308)" in done.stderr
