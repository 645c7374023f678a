"""Set up this checkout and run what the README promises; only the standard library is needed.

python3 scripts/dev.py run [OPTIONS]     set up .venv, then judge a target with `iai-conformance run OPTIONS`
python3 scripts/dev.py test              set up .venv, then lint, check types, test, and search what the tests wrote
                                         for secrets: what must pass before a release
python3 scripts/dev.py test --quick      the same without the tests that take seconds: what to run after each change
python3 scripts/dev.py test OPTIONS      the same with one pytest, which is given the OPTIONS
python3 scripts/dev.py lock [OPTIONS]    write requirements/*.txt anew from pyproject.toml; OPTIONS go to uv
"""

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

# Annotations are quoted and the syntax is old: an older Python must get far enough to say that it is too old.

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "set-up-by-dev"
OLDEST = (3, 11)
# Not the Python of an activated .venv: that one goes when .venv is made anew.
PYTHON = getattr(sys, "_base_executable", None) or sys.executable
# What a `pip install --no-build-isolation -e .` needs besides the project's own dependencies.
BUILD = ["hatchling", "editables"]
CHECKS = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy"],
]
# The suite is one conversation with one target; the tests of this project share nothing, and many only wait.
TESTS = [
    ["pytest", "conformance/suite"],
    ["pytest", "tests", "-n", "3", "--dist", "worksteal"],
]
QUICK_TESTS = [
    ["pytest", "conformance/suite", "--iai-profile", "smoke"],
    # One process costs least: each collects all tests anew, and tells of each.
    ["pytest", "tests", "-m", "not slow"],
]


# What the tests' secrets begin with, as those of the platform do.
KEY = {"SECRET_ID": "AKID", "SECRET_KEY": "key", "TOKEN": "token"}
# Names the file into which the checkout's conftest.py has pytest write what each test printed.
PRINTED = "IAI_PRINTED"
# What tools keep in the checkout of what they saw.
CACHES = [".hypothesis", ".pytest_cache"]


class SetUpError(Exception):
    """Something that the user can mend, in one sentence."""


def main(words: "list[str]") -> int:
    """Run a verb; returns the exit code."""
    verbs = {"run": run, "test": test, "lock": lock}
    if not words or words[0] not in verbs:
        sys.stderr.write(__doc__)
        return 4
    try:
        check_python(sys.version_info)
        return verbs[words[0]](words[1:])
    except SetUpError as failure:
        sys.stderr.write(f"dev.py: {failure}\n")
        return 3
    except OSError as failure:  # a checkout that is read-only or incomplete, a full disk
        sys.stderr.write(f"dev.py: {failure}\n")
        return 3
    except KeyboardInterrupt:
        return 2


def check_python(version: "tuple[object, ...]") -> None:
    """Raise SetUpError for a Python that is too old."""
    if tuple(version[:2]) < OLDEST:
        raise SetUpError(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {version[0]}.{version[1]}")


def run(options: "list[str]") -> int:
    """Set up, then judge a target; files are named from where the user is."""
    set_up("run")
    return call([tool("iai-conformance"), "run", *options], Path.cwd())


def test(options: "list[str]") -> int:
    """Set up, then run every check; the first that fails ends it. Options say what pytest is to do instead."""
    set_up("dev")
    named = bool(options) and options != ["--quick"]
    for command in [*CHECKS, ["pytest", *options]] if named else CHECKS:
        code = step(command, {})
        if code:
            return code
    return 0 if named else watch(QUICK_TESTS if options else TESTS)


def watch(tests: "list[list[str]]") -> int:
    """Run tests with a key pair of their own in the environment, which may stand in nothing that they write."""
    scratch = Path(tempfile.mkdtemp(prefix="iai-test-"))
    environment = watched(scratch)
    hunt = ["python", "-m", "scripts.hunt", str(scratch), *(str(ROOT / name) for name in CACHES)]
    for command in [*tests, hunt]:
        code = step(command, environment, None if command is hunt else scratch / "output")
        if code:
            say("What the tests wrote is in " + str(scratch))
            return code
    shutil.rmtree(str(scratch))
    return 0


def step(command: "list[str]", environment: "dict[str, str]", output: "Path | None" = None) -> int:
    """Run a tool of .venv in the checkout, with more in the environment; its exit code."""
    say("· " + " ".join(command))
    return call([tool(command[0]), *command[1:]], ROOT, environment, output)


def watched(scratch: Path) -> "dict[str, str]":
    """An environment whose key nobody else has, and in which all that is written lies in one folder."""
    folders = {"TMPDIR": "tmp", "HOME": "home", "XDG_STATE_HOME": "state", "XDG_CACHE_HOME": "cache"}
    for each in folders.values():
        (scratch / each).mkdir()
    canary = {"TENCENTCLOUD_" + name: start + secrets.token_hex(16) for name, start in KEY.items()}
    # Many processes of many tests import the same files: what one compiled serves all.
    more = {"PYTHONDONTWRITEBYTECODE": "", PRINTED: str(scratch / "printed")}
    return dict(canary, **more, **{name: str(scratch / each) for name, each in folders.items()})


# --- Setting up --------------------------------------------------------------------------------------------


def set_up(kind: str) -> None:
    """Make .venv hold the locked requirements of a kind ("run" or "dev") and the project itself."""
    done = stamps()
    wanted = stamp(kind)
    if wanted in done:
        return
    if not done:
        make_venv()
    # What is interrupted from here on is made anew the next time.
    STAMP.unlink(missing_ok=True)
    say(f"Installing requirements/{kind}.txt …")
    pip("install", "--require-hashes", "-r", str(lock_file(kind)))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    # What `dev` installs has all of `run`.
    STAMP.write_text("\n".join(sorted({wanted, stamp("run")})), encoding="utf-8")


def stamps() -> "set[str]":
    """The stamps of what .venv was set up with; none where it is absent, broken or was made by another Python."""
    if not all(Path(tool(name)).exists() for name in ("python", "iai-conformance")):
        return set()
    try:
        found = set(STAMP.read_text(encoding="utf-8").split("\n"))
    except OSError:
        return set()
    return found & {stamp("run"), stamp("dev")}


def stamp(kind: str) -> str:
    """A text that changes whenever .venv must be set up anew."""
    digest = hashlib.sha256(f"{kind} {sys.version} {ROOT}".encode())
    for path in (lock_file(kind), ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return kind + " " + digest.hexdigest()


def lock_file(kind: str) -> Path:
    """The path of the locked requirements of a kind."""
    return ROOT / "requirements" / (kind + ".txt")


def make_venv() -> None:
    """Make .venv anew."""
    there = VENV.exists()
    say("Making .venv anew …" if there else "Creating .venv …")
    if there:
        shutil.rmtree(str(VENV))
    create(VENV)


def create(folder: Path) -> None:
    """Make a virtual environment in whichever way this machine allows."""
    if importable("venv") and importable("ensurepip"):
        checked([PYTHON, "-m", "venv", str(folder)])
    elif shutil.which("uv"):
        checked(["uv", "venv", "--quiet", "--seed", "--python", PYTHON, str(folder)])
    elif shutil.which("virtualenv"):
        checked(["virtualenv", "--quiet", "--python", PYTHON, str(folder)])
    elif importable("venv") and importable("pip"):
        checked([PYTHON, "-m", "venv", "--without-pip", str(folder)])
    else:
        raise SetUpError(
            "this Python can't make virtual environments: install its venv module "
            "(on Debian and Ubuntu: apt install python3-venv)"
        )


def importable(module: str) -> bool:
    """Whether this Python has a module; Debian takes ensurepip out into a package of its own."""
    return subprocess.run([PYTHON, "-c", "import " + module], stderr=subprocess.DEVNULL, check=False).returncode == 0


def pip(*words: str, folder: "Path | None" = None) -> None:
    """Run an environment's pip quietly, or this Python's on an environment made without one."""
    python = tool("python", folder)
    own = Path(tool("pip", folder)).exists()
    command = [python, "-m", "pip"] if own else [PYTHON, "-m", "pip", "--python", python]
    checked([*command, "--disable-pip-version-check", "--no-input", "--quiet", *words])


def checked(command: "list[str]") -> None:
    """Run a command; raise SetUpError with its last lines where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=str(ROOT), check=False)
    if done.returncode:
        last = done.stdout.decode("utf-8", "replace").strip().split("\n")[-12:]
        gap = "\n  " if len(last) > 1 else " "
        name = " ".join([Path(command[0]).name, *command[1:3]])
        raise SetUpError(f"{name} failed:" + gap + gap.join(last))


def tool(name: str, folder: "Path | None" = None) -> str:
    """The path of a program in .venv, or in another environment."""
    place = (folder or VENV) / ("Scripts" if os.name == "nt" else "bin")
    return str(place / (name + (".exe" if os.name == "nt" else "")))


def call(
    command: "list[str]", where: Path, environment: "dict[str, str] | None" = None, output: "Path | None" = None
) -> int:
    """Run a command in a folder; its exit code, a shell's 128 + N where signal N ended it.

    Args:
        command: its words.
        where: the folder.
        environment: what there is in it besides.
        output: a file to which all that it prints goes as well.
    """
    out, errors = (subprocess.PIPE, subprocess.STDOUT) if output else (None, None)
    more = dict(os.environ, **(environment or {}))
    with subprocess.Popen(command, cwd=str(where), env=more, stdout=out, stderr=errors) as child:
        while True:
            try:
                if output and child.stdout:
                    copy(child.stdout, output)
                code = child.wait()
            except KeyboardInterrupt:
                continue  # Ctrl-C reaches the command as well, which ends in its own way and words.
            return 128 - code if code < 0 else code


def copy(stream: "IO[bytes]", output: Path) -> None:
    """Print what comes, as it comes, and add it to a file."""
    with output.open("ab") as file:
        for chunk in iter(lambda: os.read(stream.fileno(), 65536), b""):
            file.write(chunk)
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()


def say(text: str) -> None:
    """Tell what takes a while, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


# --- Locking -----------------------------------------------------------------------------------------------


def lock(options: "list[str]") -> int:
    """Write the lock files: versions and hashes, for every platform and every Python that is supported."""
    with tempfile.TemporaryDirectory() as scratch:
        uv = shutil.which("uv") or fetched_uv(Path(scratch) / "venv")
        build = Path(scratch) / "build.in"
        build.write_text("\n".join(BUILD), encoding="utf-8")
        # The larger first: the smaller then takes the very same versions.
        for kind, more in (("dev", ["--extra", "dev"]), ("run", ["--constraint", str(lock_file("dev"))])):
            say(f"Locking requirements/{kind}.txt …")
            fixed = ["--universal", "--python-version", "{}.{}".format(*OLDEST), "--generate-hashes"]
            plain = ["--no-header", "--no-annotate", "--no-emit-index-url", "--quiet"]
            out = ["--output-file", str(lock_file(kind))]
            checked(
                [uv, "pip", "compile", *fixed, *plain, *out, *more, *options, str(ROOT / "pyproject.toml"), str(build)]
            )
    return 0


def fetched_uv(folder: Path) -> str:
    """The path of a uv that is installed into an environment of its own."""
    say("Installing uv …")
    create(folder)
    pip("install", "uv", folder=folder)
    return tool("uv", folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
