"""Which names code reads and writes, scope by scope, without regard to the order inside of one."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

CHANGING_METHODS = frozenset(
    {
        "add",
        "append",
        "appendleft",
        "clear",
        "compile",
        "difference_update",
        "discard",
        "extend",
        "extendleft",
        "fill",
        "fit",
        "fit_transform",
        "insert",
        "intersection_update",
        "load_state_dict",
        "load_weights",
        "partial_fit",
        "pop",
        "popitem",
        "popleft",
        "put",
        "remove",
        "reverse",
        "rotate",
        "seed",
        "set_params",
        "setdefault",
        "setflags",
        "shuffle",
        "sort",
        "step",
        "symmetric_difference_update",
        "update",
        "write",
        "zero_grad",
    }
)
"""Methods that usually change the object that they belong to; others with `inplace=True`."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Nested = _Function | _Comprehension | ast.ClassDef


class Names(NamedTuple):
    """What running a piece of code uses of its surroundings, and what it changes there."""

    uses: frozenset[str]
    changes: frozenset[str]


@dataclass(slots=True)
class Scope:
    """The names of one scope; `nested` are the scopes inside, which are not gone into."""

    loads: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    """Declared `global` or `nonlocal`."""
    nested: list[Nested] = field(default_factory=list)


def collect(nodes: Sequence[ast.AST]) -> Scope:
    """The names of a stretch of code, as one scope."""
    collector = _Collector()
    for node in nodes:
        collector.visit(node)
    return collector.scope


def free_names(node: Nested) -> Names:
    """The names that a scope and those inside it take from around them."""
    scope, local = _inside(node)
    uses = scope.loads - local
    changes = (scope.changes - local) | (scope.stores & scope.elsewhere)
    # The names of a class body are not seen from its methods.
    hidden = frozenset[str]() if isinstance(node, ast.ClassDef) else local
    for inner in scope.nested:
        names = free_names(inner)
        uses |= names.uses - hidden
        changes |= names.changes - hidden
    return Names(frozenset(uses), frozenset(changes))


def _inside(node: Nested) -> tuple[Scope, frozenset[str]]:
    """The scope that a node opens, and the names that are its own."""
    if isinstance(node, ast.Lambda):
        scope = collect([node.body])
        return scope, frozenset(_parameters(node.args))
    if isinstance(node, _Comprehension):
        parts: list[ast.AST] = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        targets: set[str] = set()
        for position, generator in enumerate(node.generators):
            targets |= collect([generator.target]).stores
            parts += [generator.target, *generator.ifs]
            if position:
                parts.append(generator.iter)
        return collect(parts), frozenset(targets)
    scope = collect(node.body)
    local = scope.stores - scope.elsewhere
    if not isinstance(node, ast.ClassDef):
        local |= _parameters(node.args)
    return scope, frozenset(local)


def _parameters(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {each.arg for each in every if each is not None}


class _Collector(ast.NodeVisitor):
    """A visitor without the standard one's look-ups by name, which take most of its time."""

    def __init__(self) -> None:
        self.scope = Scope()

    def visit(self, node: ast.AST) -> None:
        cls = type(node)
        if cls in _LEAVES:
            return
        method = _METHODS.get(cls)
        if method is None:
            method = _METHODS[cls] = getattr(_Collector, f"visit_{cls.__name__}", _Collector.generic_visit)
        method(self, node)

    def generic_visit(self, node: ast.AST) -> None:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                self.visit(value)
            elif isinstance(value, list):
                for each in value:
                    if isinstance(each, ast.AST):
                        self.visit(each)

    def visit_Name(self, node: ast.Name) -> None:
        (self.scope.loads if isinstance(node.ctx, ast.Load) else self.scope.stores).add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._changed(node)
        self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._changed(node)
        self.visit(node.value)
        self.visit(node.slice)

    def _changed(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._change_root(node)

    def _change_root(self, node: ast.expr) -> None:
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
            node = node.func if isinstance(node, ast.Call) else node.value
        if isinstance(node, ast.Name):
            self.scope.changes.add(node.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.scope.loads.add(node.target.id)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            in_place = any(
                each.arg == "inplace" and isinstance(each.value, ast.Constant) and each.value.value is True
                for each in node.keywords
            )
            if in_place or node.func.attr in CHANGING_METHODS:
                self._change_root(node.func.value)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.scope.stores.add(node.name)
        self._visit_all(node.decorator_list)
        self._arguments(node.args)
        if node.returns is not None:
            self.visit(node.returns)
        self.scope.nested.append(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._arguments(node.args)
        self.scope.nested.append(node)

    def _arguments(self, arguments: ast.arguments) -> None:
        self._visit_all(arguments.defaults)
        self._visit_all([each for each in arguments.kw_defaults if each is not None])
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        self._visit_all([each.annotation for each in every if each is not None and each.annotation is not None])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.scope.stores.add(node.name)
        self._visit_all([*node.decorator_list, *node.bases, *(each.value for each in node.keywords)])
        self.scope.nested.append(node)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node)

    def _comprehension(self, node: _Comprehension) -> None:
        self.visit(node.generators[0].iter)
        for inner in ast.walk(node):
            if isinstance(inner, ast.NamedExpr):
                self.scope.stores.add(inner.target.id)
        self.scope.nested.append(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.elsewhere.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.elsewhere.update(node.names)

    def visit_alias(self, node: ast.alias) -> None:
        if node.name != "*":
            self.scope.stores.add(node.asname or node.name.partition(".")[0])

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.scope.stores.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self._pattern(node.name, node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self._pattern(node.name, node)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self._pattern(node.rest, node)

    def _pattern(self, name: str | None, node: ast.AST) -> None:
        if name is not None:
            self.scope.stores.add(name)
        self.generic_visit(node)

    def _visit_all(self, nodes: Sequence[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)


_LEAVES = frozenset(
    {ast.Constant, ast.Load, ast.Store, ast.Del, ast.Pass, ast.Break, ast.Continue}
    | set(ast.operator.__subclasses__())
    | set(ast.cmpop.__subclasses__())
    | set(ast.boolop.__subclasses__())
    | set(ast.unaryop.__subclasses__())
)
_METHODS: dict[type[ast.AST], Callable[[_Collector, Any], None]] = {}
