"""Set up this checkout and run what the README promises; only the standard library is needed.

python3 scripts/dev.py run [OPTIONS]     set up .venv, then judge a target with `iai-conformance run OPTIONS`
python3 scripts/dev.py test [OPTIONS]    set up .venv, then lint, check types and test; OPTIONS go to pytest
python3 scripts/dev.py lock              write requirements/*.txt anew from pyproject.toml
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "set-up-by-dev"
OLDEST = (3, 11)
# What a `pip install --no-build-isolation -e .` needs besides the project's own dependencies.
BUILD = ["hatchling", "editables"]
CHECKS = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["mypy"],
    ["pytest"],
]


class SetUpError(Exception):
    """Something that the user can mend, in one sentence."""


def main(words):
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
    except KeyboardInterrupt:
        return 2


def check_python(version):
    """Raise SetUpError for a Python that is too old."""
    if tuple(version[:2]) < OLDEST:
        raise SetUpError(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {version[0]}.{version[1]}")


def run(options):
    """Set up, then judge a target."""
    set_up("run")
    return call([tool("iai-conformance"), "run", *options])


def test(options):
    """Set up, then run every check; the first that fails ends it."""
    set_up("dev")
    for command in CHECKS:
        say("· " + " ".join(command))
        code = call([tool(command[0]), *command[1:], *(options if command[0] == "pytest" else [])])
        if code:
            return code
    return 0


# --- Setting up --------------------------------------------------------------------------------------------


def set_up(kind):
    """Make .venv hold the locked requirements of a kind ("run" or "dev") and the project itself."""
    done = stamps()
    wanted = stamp(kind)
    if wanted in done:
        return
    if not done:
        make_venv()
    say(f"Installing requirements/{kind}.txt …")
    pip("install", "--require-hashes", "-r", str(ROOT / "requirements" / (kind + ".txt")))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    # `dev` has all of `run`.
    fresh = {wanted, stamp("run")} if kind == "dev" else {wanted}
    STAMP.write_text("\n".join(sorted(fresh | done)), encoding="utf-8")


def stamps():
    """The stamps of what .venv was set up with; none where it is absent, broken or was made by another Python."""
    try:
        found = set(STAMP.read_text(encoding="utf-8").split("\n"))
    except OSError:
        return set()
    return found & {stamp("run"), stamp("dev")} if Path(tool("python")).exists() else set()


def stamp(kind):
    """A text that changes whenever .venv must be set up anew."""
    digest = hashlib.sha256(f"{kind} {sys.version} {ROOT}".encode())
    for path in (ROOT / "requirements" / (kind + ".txt"), ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return kind + " " + digest.hexdigest()


def make_venv():
    """Make .venv anew, with pip in it."""
    say("Creating .venv …")
    try:
        shutil.rmtree(str(VENV), ignore_errors=True)
        if has_ensurepip():
            venv.create(str(VENV), with_pip=True, symlinks=os.name != "nt")
        elif shutil.which("uv"):
            checked(["uv", "venv", "--quiet", "--seed", "--python", sys.executable, str(VENV)])
        elif shutil.which("virtualenv"):
            checked(["virtualenv", "--quiet", "--python", sys.executable, str(VENV)])
        else:
            raise SetUpError(
                "this Python can't make virtual environments: install its venv module "
                "(on Debian and Ubuntu: apt install python3-venv)"
            )
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetUpError(f"{VENV} can't be made: {error}") from error


def has_ensurepip():
    """Whether this Python can put pip into a new environment; Debian takes that out into a package of its own."""
    try:
        import ensurepip

        return ensurepip.version() is not None
    except ImportError:
        return False


def pip(*words):
    """Run the environment's pip quietly; its last lines are the reason where it fails."""
    checked([tool("python"), "-m", "pip", "--disable-pip-version-check", "--quiet", *words])


def checked(command):
    """Run a command; raise SetUpError with its last lines where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=str(ROOT), check=False)
    if done.returncode:
        last = done.stdout.decode("utf-8", "replace").strip().split("\n")[-12:]
        raise SetUpError("{} failed:\n  {}".format(Path(command[0]).name, "\n  ".join(last)))


def tool(name):
    """The path of a program in .venv."""
    folder = "Scripts" if os.name == "nt" else "bin"
    return str(VENV / folder / (name + (".exe" if os.name == "nt" else "")))


def call(command):
    """Run a command where the user is; its exit code."""
    return subprocess.run(command, cwd=str(ROOT), check=False).returncode


def say(text):
    """Tell what takes a while, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


# --- Locking -----------------------------------------------------------------------------------------------


def lock(_options):
    """Write the lock files: versions and hashes, for every platform and every Python that is supported."""
    with tempfile.TemporaryDirectory() as folder:
        uv = shutil.which("uv")
        if uv is None:
            venv.create(folder, with_pip=True)
            python = str(Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python")
            checked([python, "-m", "pip", "--quiet", "install", "uv"])
            uv = str(Path(python).with_name("uv"))
        build = Path(folder) / "build.in"
        build.write_text("\n".join(BUILD), encoding="utf-8")
        for kind, extra in (("run", []), ("dev", ["--extra", "dev"])):
            out = ROOT / "requirements" / (kind + ".txt")
            say(f"Locking {out.name} …")
            fixed = ["--universal", "--python-version", "{}.{}".format(*OLDEST), "--generate-hashes"]
            plain = ["--no-header", "--no-annotate", "--no-emit-index-url", "--quiet", "--output-file", str(out)]
            checked([uv, "pip", "compile", *fixed, *plain, *extra, str(ROOT / "pyproject.toml"), str(build)])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
