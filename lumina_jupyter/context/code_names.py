"""The names that a cell's code takes from elsewhere, and those that it leaves behind."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import lru_cache

from .code_scopes import Names, collect, free_names
from .notebook_code import parsed


@dataclass(frozen=True, slots=True)
class CodeNames:
    """What a cell does with global names.

    An object that is changed through a second name, and code that is run from text, are not seen.

    Args:
        uses: Names that it reads before it has certainly given them a value itself.
        defines: Names that certainly have a new value after it.
        changes: Names that it may rebind, or whose object it changes in place: what was there before matters still.
        deletes: Names that are gone after it.
        modules: Of the names that it defines, those of imported modules.
        packages: Top-level packages that it imports from.
        late: By the name of each function and class that it leaves behind: what running that uses and changes.
        star: Whether it holds `from … import *`, so that it may define any name.
        complete: Whether all of it could be read.
    """

    uses: frozenset[str] = frozenset()
    defines: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    late: tuple[tuple[str, Names], ...] = ()
    star: bool = False
    complete: bool = True

    @property
    def writes(self) -> frozenset[str]:
        """Every name that it may leave another value in."""
        return self.defines | self.changes

    @property
    def mentions(self) -> frozenset[str]:
        """Every name that it takes from elsewhere, also when a function of it is called later."""
        late = frozenset().union(*(names.uses for _, names in self.late))
        return self.uses | (late - self.defines)


@lru_cache(maxsize=4096)
def code_names(source: str) -> CodeNames:
    """What the code of a cell does; tolerant of magics and of what does not parse. Kept for the next time."""
    tree, complete = parsed(source)
    flow = _Flow()
    try:
        flow.statements(tree.body)
    except RecursionError:
        complete = False
    return flow.result(complete=complete)


@dataclass(slots=True)
class _Flow:
    """Reads module-level statements in order; `bound` are the names that certainly have a value of this cell's."""

    bound: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    packages: set[str] = field(default_factory=set)
    late: dict[str, Names] = field(default_factory=dict)
    star: bool = False

    def result(self, *, complete: bool) -> CodeNames:
        late = tuple(sorted((name, names) for name, names in self.late.items() if name in self.bound | self.changes))
        return CodeNames(
            uses=frozenset(self.uses),
            defines=frozenset(self.bound),
            changes=frozenset(self.changes - self.bound),
            deletes=frozenset(self.deletes - self.bound),
            modules=frozenset(self.modules & self.bound),
            packages=frozenset(self.packages),
            late=late,
            star=self.star,
            complete=complete,
        )

    def statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._definition(node)
            case ast.If():
                self._take(node.test)
                self._branches([node.body, node.orelse])
            case ast.For() | ast.AsyncFor():
                self._take(node.iter)
                self._maybe(node.body, node.target)
                self._maybe(node.orelse)
            case ast.While():
                self._take(node.test)
                self._maybe(node.body)
                self._maybe(node.orelse)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self._take(item)
                self.statements(node.body)
            case ast.Try() | ast.TryStar():
                self._try(node)
            case ast.Match():
                self._take(node.subject)
                self._cases(node)
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case ast.Delete():
                self._delete(node)
            case _:
                self._take(node)

    def _take(self, node: ast.AST) -> None:
        """Everything that a piece of code without statements of its own reads, then what it writes."""
        found = collect([node])
        for name in sorted(found.loads):
            self._read(name)
        for inner in found.nested:
            names = free_names(inner)
            for name in sorted(names.uses):
                self._read(name)
            self._change(names.changes)
        self._change(found.changes)
        for name in found.stores:
            self._bind(name)

    def _read(self, name: str) -> None:
        self._use({name})
        seen = {name}
        pending = [name]
        while pending:
            names = self.late.get(pending.pop())
            if names is None:
                continue
            self._use(names.uses)
            self._change(names.changes)
            pending += sorted(names.uses - seen)
            seen |= names.uses

    def _use(self, names: set[str] | frozenset[str]) -> None:
        self.uses |= names - self.bound

    def _change(self, names: set[str] | frozenset[str]) -> None:
        self.changes |= names

    def _bind(self, name: str) -> None:
        self.bound.add(name)
        self.deletes.discard(name)
        self.modules.discard(name)
        self.late.pop(name, None)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        head = collect([node])  # decorators, defaults, bases: what is read when it is defined
        for name in sorted(head.loads):
            self._read(name)
        self._change(head.changes)
        names = free_names(node)
        runs_now = isinstance(node, ast.ClassDef) or node.decorator_list
        if runs_now:
            self._use(names.uses - {node.name})
            self._change(names.changes)
        self._bind(node.name)
        self.late[node.name] = names

    def _branches(self, bodies: list[list[ast.stmt]]) -> None:
        """What each of several bodies binds is certain only if all of them do."""
        before = set(self.bound)
        after: list[set[str]] = []
        for body in bodies:
            self.bound = set(before)
            self.statements(body)
            after.append(self.bound)
        certain = set.intersection(*after)
        self.changes |= set.union(*after) - certain
        self.bound = certain

    def _maybe(self, body: list[ast.stmt], target: ast.expr | None = None) -> None:
        """A body that may never run, and the target that each round of it gives a value."""
        before = set(self.bound)
        if target is not None:
            self._take(target)
        self.statements(body)
        self.changes |= self.bound - before
        self.bound = before

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        before = set(self.bound)
        self.statements(node.body)
        self.statements(node.orelse)
        ends = [self.bound]
        for handler in node.handlers:
            self.bound = set(before)
            if handler.type is not None:
                self._take(handler.type)
            if handler.name:
                self._bind(handler.name)
            self.statements(handler.body)
            if handler.name:
                self.bound.discard(handler.name)
            if not isinstance(handler.body[-1], ast.Raise):
                ends.append(self.bound)
        certain = set.intersection(*ends)
        self.changes |= set.union(*ends) - certain
        self.bound = certain
        self.statements(node.finalbody)

    def _cases(self, node: ast.Match) -> None:
        before = set(self.bound)
        ends = [set(before)]
        for case in node.cases:
            self.bound = set(before)
            self._take(case.pattern)
            if case.guard is not None:
                self._take(case.guard)
            self.statements(case.body)
            ends.append(self.bound)
        self.changes |= set.union(*ends) - before
        self.bound = before

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            self.packages.add(node.module.partition(".")[0])
        for alias in node.names:
            if alias.name == "*":
                self.star = True
                continue
            name = alias.asname or alias.name.partition(".")[0]
            self._bind(name)
            if isinstance(node, ast.Import):
                self.packages.add(alias.name.partition(".")[0])
                self.modules.add(name)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._read(target.id)
                self.bound.discard(target.id)
                self.deletes.add(target.id)
                self.late.pop(target.id, None)
            else:
                self._take(target)
