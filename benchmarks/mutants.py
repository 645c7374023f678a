"""Faults that nobody thought of: the emulator's own source, changed in one place at a time. Does the suite notice?

python -m benchmarks.mutants [--module conformance.emulator.auth]… [--part I/N]

A mutant that conforms is not always a gap: some changes make no difference, or another permitted reading. The list of
those that conform is to be read by a person.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import multiprocessing
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

MODULES = (
    "conformance.emulator.auth",
    "conformance.emulator.gateway",
    "conformance.emulator.service",
    "conformance.emulator.checks",
)
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


def _is_choice(node: ast.AST) -> bool:
    """Whether a node asks the behaviour for a choice of readings or faults: whoever conforms may take either."""
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr in {"checks", "chosen", "taken", "compares"}
        for each in ast.walk(node)
    )


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The ways to change one node: (what is changed, the other node)."""
    match node:
        case ast.Compare(ops=[first, *_]) if type(first) in _COMPARISONS and not _is_choice(node):
            other = copy.deepcopy(node)
            other.ops[0] = _COMPARISONS[type(first)]()
            yield "comparison", other
        case ast.BoolOp(op=ast.And() | ast.Or()):
            for place, operand in enumerate(node.values):
                if _is_choice(operand):
                    continue
                kept = [each for number, each in enumerate(node.values) if number != place]
                yield (
                    f"without operand {place + 1}",
                    kept[0] if len(kept) == 1 else ast.BoolOp(copy.deepcopy(node.op), kept),
                )
        case ast.If() if not _is_choice(node.test):
            never = copy.deepcopy(node)
            never.test = ast.Constant(value=False)
            yield "never", never
        case ast.UnaryOp(op=ast.Not()):
            yield "without not", node.operand
        case ast.Constant(value=bool() as value):
            yield "other truth", ast.Constant(value=not value)
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            yield "one more", ast.Constant(value=value + 1)
        case ast.Expr(value=ast.Call()):
            yield "left out", ast.Pass()
        case _:
            return


class _Changer(ast.NodeTransformer):
    """Makes the n-th change of a tree."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.seen = wanted, -1
        self.made: tuple[str, int] | None = None

    def visit(self, node: ast.AST) -> ast.AST:
        for what, other in _changes(node):
            self.seen += 1
            if self.seen == self.wanted:
                self.made = what, getattr(node, "lineno", 0)
                return ast.copy_location(other, node)
        return super().generic_visit(node)


def mutants(module: str) -> Iterator[tuple[str, int, ast.Module]]:
    """Every change of a module's source, one at a time: (what, line, tree)."""
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")
    number = 0
    while True:
        changer = _Changer(number)
        tree = changer.visit(ast.parse(source))
        if changer.made is None:
            return
        assert isinstance(tree, ast.Module)
        yield *changer.made, ast.fix_missing_locations(tree)
        number += 1


_ORDER = ("auth", "gateway", "checks", "service")


def _loaded(changed: str, tree: ast.Module) -> ModuleType:
    """The emulator's modules, made anew with one of them changed."""
    for name in _ORDER:
        module = sys.modules[f"conformance.emulator.{name}"]
        if module.__name__ == changed:
            exec(compile(tree, changed, "exec"), module.__dict__)
        else:
            importlib.reload(module)
    return sys.modules["conformance.emulator.service"]


_SECONDS = 20.0


def noticed(module: str, tree: ast.Module) -> bool:
    """Whether the suite notices a mutant, in a process of its own: one that hangs, or breaks, is noticed too."""
    reader, writer = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=lambda: writer.send(_judged(module, tree)))
    child.start()
    try:
        return not reader.poll(_SECONDS) or reader.recv() is not None
    finally:
        child.kill()
        child.join()


def _judged(module: str, tree: ast.Module) -> str | None:
    """The clause under which a mutant fails, or the exception that it raises; None where it conforms."""
    from conformance.emulator.behaviour import conforming
    from conformance.exchange.salt import Salts, seeded_run_salt
    from conformance.runs.run import Run
    from conformance.runs.smoke import smoke
    from conformance.targets.direct import DirectTarget

    try:
        service = _loaded(module, tree)
        run = Run.against(DirectTarget(service.Emulator(conforming())), salts=Salts(seeded_run_salt(0)))
        for case in smoke():
            run.case(case)
            if run.results.failures:
                return next(iter(run.results.failures))[0]
    except Exception as error:  # a mutant that breaks is noticed
        return type(error).__name__
    return None


def main() -> int:
    """Run the campaign and print the mutants that conform."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--module", action="append", choices=MODULES)
    parser.add_argument("--part", default="1/1", help="the I-th of N parts, to use several processors")
    options = parser.parse_args()
    part, parts = map(int, options.part.split("/"))
    for name in _ORDER:
        importlib.import_module(f"conformance.emulator.{name}")
    for module in options.module or MODULES:
        started, found, conforming_ones = time.monotonic(), 0, []
        for number, (what, line, tree) in enumerate(mutants(module)):
            if number % parts != part - 1:
                continue
            if not noticed(module, tree):
                conforming_ones.append(f"  {module}:{line}: {what}")
            else:
                found += 1
        total = found + len(conforming_ones)
        print(f"{module}: {found} of {total} mutants noticed, {time.monotonic() - started:.0f} s")
        print("\n".join(conforming_ones), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
