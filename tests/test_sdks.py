"""The vendor's SDKs, each installed from its registry and judged: what they are known to do, and nothing else."""

import re
import shutil
from pathlib import Path

import pytest

import conformance
from conformance.base.errors import TargetUnusableError, UsageError
from conformance.cli.main import main
from conformance.report.model import Verdict, report_of
from conformance.runs import sdks
from conformance.runs.conduct import conduct
from conformance.runs.options import OPTIONS
from conformance.runs.sdks import SDKS, missing, ready_sdk, sdk_named, set_up, state_of
from conformance.runs.session import open_session
from conformance.runs.settings import Settings

DRIVERS = Path(conformance.__file__).parent.parent / "drivers"
EXPECTED = {"python-async": "expected-failures-async.txt"}
# Each of its calls starts a process: a clause of each kind is enough.
ONLY = {"tccli": ("sdk.answer.fields", "sdk.request.empty", "sdk.error.content-type", "sdk.resilience.partial-error")}
(READ,) = (each.read for each in OPTIONS if each.name == "expected-failures")


def expected_failures(sdk):
    return READ(str(DRIVERS / sdk.folder / EXPECTED.get(sdk.name, "expected-failures.txt")))


@pytest.fixture(scope="session", name="cache")
def _cache(tmp_path_factory):
    usual = Path("~/.cache").expanduser()
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in (("GOCACHE", "go-build"), ("PIP_CACHE_DIR", "pip")):  # what others downloaded and built
            patch.setenv(name, str(usual / folder))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.mark.slow
@pytest.mark.parametrize("sdk", [each for each in SDKS if not each.tried], ids=lambda each: each.name)
def test_each_sdk_is_known(sdk, cache):
    """It conforms but for what stands beside its driver, all of which is seen."""
    if lacking := missing(sdk):
        pytest.skip(f"{', '.join(lacking)} not found")
    set_up(sdk, lambda _command: None)
    settings = Settings(
        target=f"sdk:{sdk.name}", profile="smoke", only=ONLY.get(sdk.name, ()), expected_failures=expected_failures(sdk)
    )
    session = open_session(settings)
    conduct(session, settings)
    report = report_of(session, settings)

    assert [each.clause.id for each, _ in report.findings] == []
    assert report.stale == ()
    # Of the quick cases none waits for a time-out; nor do all clauses show in a few of them.
    assert report.verdict in {Verdict.CONFORMS, Verdict.INCOMPLETE}
    assert report.requests > 10
    if sdk.name == "tccli":  # its own description of the action is the page's
        assert main(["drift"]) == 0


@pytest.mark.parametrize("sdk", SDKS, ids=lambda each: each.name)
def test_drivers_are_small_and_locked(sdk):
    """Under 150 lines each; what they need is locked by versions and hashes, and no registry is named."""
    folder = DRIVERS / sdk.folder
    (program,) = [each for each in folder.rglob("*") if each.suffix in {".py", ".js", ".go", ".java", ".php", ".rb"}]
    locks = [
        each
        for each in folder.iterdir()
        if each.name in {"requirements.txt", "package-lock.json", "go.sum", "SHA256SUMS"}
    ]

    assert len(program.read_text(encoding="utf-8").splitlines()) < 150
    assert len(locks) == (0 if sdk.tried else 1)  # what isn't installed lies where the user says
    locked = "".join(each.read_text(encoding="utf-8") for each in locks)
    assert not re.search("npmjs|pythonhosted|pypi|proxy.golang|repo.maven|find-links|resolved", locked)
    assert expected_failures(sdk)


@pytest.fixture(name="made")
def _made(tmp_path, monkeypatch):
    """An SDK of nothing, whose driver is a file."""
    source = tmp_path / "drivers" / "none"
    source.mkdir(parents=True)
    (source / "driver").write_text("x", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sdks, "_source", lambda _sdk: source)
    return sdks.Sdk("none", "nothing", "none", ("driver",), ("python3",), ((shutil.which("true"),),)), source


def test_a_driver_that_changed_is_to_be_set_up_again(made, monkeypatch):
    """What was set up is ready until the driver is another one."""
    sdk, source = made
    monkeypatch.setattr(sdks, "SDKS", (sdk,))
    assert state_of(sdk).startswith("not set up")

    set_up(sdk, lambda _command: None)
    assert state_of(sdk) == "ready"
    command, folder = ready_sdk("none")
    assert command == [str(folder / "driver")]

    (source / "driver").write_text("y", encoding="utf-8")
    with pytest.raises(TargetUnusableError, match="sdk setup none"):
        ready_sdk("none")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"needs": ("no-such-program",)}, "needs no-such-program"),
        ({"setup": ((shutil.which("false"),),)}, "failed"),
        ({"setup": (("sh", "-c", "echo why >&2; exit 1"),)}, "why"),
        ({"setup": (("sh", "-c", "echo '0000  driver' > SHA256SUMS"),)}, "the file that is locked"),
    ],
)
def test_what_cannot_be_set_up_is_told(made, change, said):
    """In a sentence; and it isn't ready then."""
    import dataclasses

    sdk = dataclasses.replace(made[0], **change)
    with pytest.raises(TargetUnusableError, match=said):
        set_up(sdk, lambda _command: None)
    assert state_of(sdk) != "ready"


@pytest.mark.parametrize("name", [each.name for each in SDKS if not each.tried])
def test_another_version(name):
    """It is installed beside the locked one, in a folder of its own."""
    sdk = sdk_named(f"{name}@1.2.3")

    assert (sdk.name, sdk.version) == (f"{name}@1.2.3", "1.2.3")
    assert any("1.2.3" in word for command in sdk.setup for word in command)
    assert not any("{version}" in word for command in sdk.setup for word in command)
    assert sdks._place(sdk) != sdks._place(sdk_named(name))


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [("php", None, "--source DIR"), ("php", "no/such/folder", "no folder"), ("python", ".", "from its registry")],
)
def test_sources(name, source, said, tmp_path, monkeypatch):
    """Where an SDK is in no registry, the folder of its source is named; else none is."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(UsageError, match=said):
        set_up(sdk_named(name), lambda _command: None, Path(source) if source is not None else None)


def test_a_source_is_linked(tmp_path, monkeypatch):
    """The driver finds it beside itself; nothing of it is copied."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sdks, "missing", lambda _sdk: [])
    (tmp_path / "php").mkdir()
    folder = set_up(sdk_named("php"), lambda _command: None, tmp_path / "php")

    assert (folder / "source").resolve() == tmp_path / "php"
    assert ready_sdk("php") == (["php", "driver.php", "source"], folder)


@pytest.mark.parametrize("name", ["php@1", "python@", "python@a b", "python@-x", "python@../x", "perl@1", "perl"])
def test_no_such_sdk(name):
    """Nor version, told in a sentence."""
    with pytest.raises(UsageError, match=f"sdk:{name}"):
        sdk_named(name)


def test_list(capsys, made):
    """Every SDK has a line with what it lacks here."""
    assert main(["sdk", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert [each.split()[0] for each in lines] == [each.name for each in SDKS]
    assert all("ready" in each or "sdk setup" in each or "not found" in each for each in lines)
    assert sdk_named("python").folder == "python"
