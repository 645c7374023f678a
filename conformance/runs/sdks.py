"""The SDKs whose drivers come along, one table: what each needs, how it is set up, how it is started.

A driver works in a folder of its own under the user's cache, where its SDK is installed; the project's isn't touched.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import conformance
from conformance.base.environment import cache_folder
from conformance.base.errors import TargetUnusableError, UsageError
from conformance.base.words import cited, suggest

__all__ = ["SDKS", "Sdk", "missing", "ready_sdk", "sdk_named", "set_up", "state_of"]

_READY = ".ready"
_LAST_LINES = 3
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]*")
# What stands in a driver's folder, and is no part of it.
_IGNORED = re.compile(r"__pycache__|expected-failures[^/]*\.txt$")
_PYTHON = (
    (sys.executable, "-m", "venv", "venv"),
    ("venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
     "-r", "requirements.txt"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sdk:
    """An SDK, and the driver that makes it speak the protocol.

    Attributes:
        name: as it is written behind `sdk:`.
        about: the package, as its registry calls it.
        folder: of the driver, in `drivers/`.
        command: that starts it, in its folder; the first word is a path there, or a program.
        needs: programs that must be there.
        setup: the commands that install the SDK, in that folder.
        other_setup: the commands that install another version, which takes the place of `{version}`.
        version: another one than the locked; empty for that.
        side_by_side: how many drivers make the calls; more than one, where each starts a process a call.
        tried: of an SDK that isn't installed, but lies in a folder that the user names: with which version its driver
            was tried, and when.
    """

    name: str
    about: str
    folder: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()
    setup: tuple[tuple[str, ...], ...] = ()
    other_setup: tuple[tuple[str, ...], ...] = ()
    version: str = ""
    side_by_side: int = 1
    tried: str = ""


_SOURCE = "source"
_ENVIRONMENT, _LOCKED = _PYTHON
_ANOTHER = (*_LOCKED[:6], "tencentcloud-sdk-python-iai=={version}")
_OF_PYTHON = (*_PYTHON, _ANOTHER)
_MAVEN = ("mvn", "-q", "-B", "compile", "dependency:copy-dependencies", "-DoutputDirectory=lib")
_GO_BUILD = ("go", "build", "-o", "driver", ".")
_NPM = ("--no-audit", "--no-fund", "--loglevel=error")
_RUN_PYTHON = ("venv/bin/python", "driver.py")
SDKS: tuple[Sdk, ...] = (
    Sdk("python", "tencentcloud-sdk-python-iai", "python", _RUN_PYTHON, (), _PYTHON, _OF_PYTHON),
    Sdk("python-async", "the same, its async client", "python", (*_RUN_PYTHON, "async"), (), _PYTHON, _OF_PYTHON),
    # Without its requirement of the SDK for all products, which is of 400 MB, and of which it uses three.
    Sdk(
        "tccli",
        "tccli",
        "tccli",
        _RUN_PYTHON,
        (),
        (_ENVIRONMENT, (*_LOCKED, "--no-deps")),
        (_ENVIRONMENT, (*_LOCKED, "--no-deps"), (*_LOCKED[:6], "--no-deps", "tccli=={version}")),
        side_by_side=4,
    ),
    Sdk(
        "nodejs",
        "tencentcloud-sdk-nodejs",
        "nodejs",
        ("node", "driver.js"),
        ("node", "npm"),
        (("npm", "ci", *_NPM),),
        (("npm", "install", *_NPM, "tencentcloud-sdk-nodejs@{version}"),),
    ),
    # The last version of the module that carries the product; today's come in modules of their own, without it.
    Sdk(
        "go",
        "github.com/tencentcloud/tencentcloud-sdk-go",
        "go",
        ("./driver",),
        ("go",),
        (_GO_BUILD,),
        (("go", "get", "github.com/tencentcloud/tencentcloud-sdk-go@{version}"), _GO_BUILD),
    ),
    Sdk(
        "java",
        "com.tencentcloudapi:tencentcloud-sdk-java-iai",
        "java",
        ("java", "-cp", "target/classes:lib/*", "Driver"),
        ("java", "mvn"),
        (_MAVEN,),
        ((*_MAVEN, "-Diai.version={version}"),),
    ),
    # With the distribution's php-guzzlehttp-guzzle.
    Sdk(
        "php",
        "tencentcloud-sdk-php, from its source",
        "php",
        ("php", "driver.php", _SOURCE),
        ("php",),
        tried="3.0.1656, 2026-11-30",
    ),
    Sdk(
        "ruby",
        "tencentcloud-sdk-ruby, from its source",
        "ruby",
        ("ruby", "driver.rb", _SOURCE),
        ("ruby",),
        tried="3.0.1335, 2026-11-30",
    ),
)


def sdk_named(name: str) -> Sdk:
    """The SDK of a name, or of a name and another version, NAME@VERSION. Raises UsageError where there is none."""
    base, _, version = name.partition("@")
    for each in SDKS:
        if each.name == base:
            return _of_version(each, version) if "@" in name else each
    names = [each.name for each in SDKS]
    hint = suggest(name, names, "sdks").partition(" (")[0]
    raise UsageError(f"sdk:{name}: there is no such SDK{hint}; there are {', '.join(names)}")


def _of_version(sdk: Sdk, version: str) -> Sdk:
    """An SDK in another version than the locked one, which no hash is known of. Raises UsageError for what is none."""
    if sdk.tried:
        raise UsageError(f"sdk:{sdk.name}@{version}: its version is that of the folder that --source names")
    if not _VERSION.fullmatch(version):
        raise UsageError(f"sdk:{sdk.name}@{version}: write a version as the registry has it, such as {sdk.name}@3.1.0")
    setup = tuple(tuple(word.replace("{version}", version) for word in each) for each in sdk.other_setup)
    return replace(sdk, name=f"{sdk.name}@{version}", setup=setup, version=version)


def missing(sdk: Sdk) -> list[str]:
    """The programs that aren't there."""
    return [each for each in sdk.needs if shutil.which(each) is None]


def state_of(sdk: Sdk) -> str:
    """What there is to know of an SDK here, in a few words."""
    if lacking := missing(sdk):
        return f"can't run here: {', '.join(lacking)} not found"
    if _ready(sdk):
        return "ready"
    source = " --source DIR" if sdk.tried else ""
    return f"not set up: `iai-conformance sdk setup {sdk.name}{source}`"


def ready_sdk(name: str) -> tuple[list[str], Path]:
    """The command that starts a driver that was set up, and the folder in which it works.

    Raises:
        UsageError: there is no such SDK.
        TargetUnusableError: it wasn't set up, or its driver is another one now.
    """
    sdk = sdk_named(name)
    if not _ready(sdk):
        raise TargetUnusableError(f"sdk:{name} is {state_of(sdk)}")
    folder = _place(sdk)
    first = folder / sdk.command[0]
    return [str(first) if first.exists() else sdk.command[0], *sdk.command[1:]], folder


def set_up(sdk: Sdk, say: Callable[[str], None], source_of_sdk: Path | None = None) -> Path:
    """Install an SDK beside a copy of its driver; the folder.

    Args:
        sdk: which.
        say: told of each command before it runs.
        source_of_sdk: where its source lies, of one that isn't installed.

    Raises:
        UsageError: a folder is named, and none is needed; or the other way round.
        TargetUnusableError: a program is missing, or a command fails.
    """
    _check_source(sdk, source_of_sdk)
    if lacking := missing(sdk):
        raise TargetUnusableError(f"sdk:{sdk.name} needs {', '.join(lacking)}, which can't be found")
    folder, source = _place(sdk), _source(sdk)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _READY).unlink(missing_ok=True)
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    if source_of_sdk is not None:
        (folder / _SOURCE).unlink(missing_ok=True)
        (folder / _SOURCE).symlink_to(source_of_sdk.resolve(), target_is_directory=True)
    for command in sdk.setup:
        say(" ".join(command))
        done = subprocess.run(  # noqa: S603 -- the table's own
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode != 0:
            said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
            last = cited(" ".join(each.strip() for each in said[-_LAST_LINES:])[-400:], 400)
            raise TargetUnusableError(f"sdk:{sdk.name}: `{' '.join(command)}` failed: {last}")
    _check_sums(sdk, folder)
    (folder / _READY).write_text(_digest(source), encoding="ascii")
    return folder


def _check_source(sdk: Sdk, source: Path | None) -> None:
    if sdk.tried and source is None:
        raise UsageError(f"sdk:{sdk.name} is in no registry here: name the folder of its source, --source DIR")
    if source is not None and not sdk.tried:
        raise UsageError(f"--source {source}: sdk:{sdk.name} is installed from its registry")
    if source is not None and not source.is_dir():
        raise UsageError(f"--source {source}: it is no folder")


def _check_sums(sdk: Sdk, folder: Path) -> None:
    """Raise TargetUnusableError where what was installed isn't what is locked by hashes of its own."""
    sums = folder / "SHA256SUMS"
    if sdk.version:
        return
    for line in sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else ():
        digest, _, name = line.partition("  ")
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise TargetUnusableError(f"sdk:{sdk.name}: {name} isn't there, or isn't the file that is locked")


def _place(sdk: Sdk) -> Path:
    return cache_folder() / "sdks" / (f"{sdk.folder}@{sdk.version}" if sdk.version else sdk.folder)


def _source(sdk: Sdk) -> Path:
    """The driver's own files: beside the package in a checkout, in it once that is installed."""
    package = Path(conformance.__file__).parent
    for folder in (package / "drivers", package.parent / "drivers"):
        if (folder / sdk.folder).is_dir():
            return folder / sdk.folder
    raise TargetUnusableError(f"the driver of sdk:{sdk.name} isn't part of this installation")


def _ready(sdk: Sdk) -> bool:
    stamp = _place(sdk) / _READY
    return stamp.is_file() and stamp.read_text(encoding="ascii") == _digest(_source(sdk))


def _digest(folder: Path) -> str:
    files = sorted(each for each in folder.rglob("*") if each.is_file() and not _IGNORED.search(str(each)))
    content = b"".join(each.name.encode() + b"\0" + each.read_bytes() + b"\0" for each in files)
    return hashlib.sha256(content).hexdigest()
