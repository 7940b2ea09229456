"""Python's parser, asked while others ask it."""

from __future__ import annotations

import ast

import pytest

from lumina_jupyter.syntax import parse


def test_a_depth_that_another_thread_has_counted_is_no_fault_of_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = [SystemError("AST constructor recursion depth mismatch (before=144, after=161)")] * 3
    asked = ast.parse

    def overtaken(*arguments: str) -> ast.AST:
        if wrong:
            raise wrong.pop()
        return asked(*arguments)

    monkeypatch.setattr(ast, "parse", overtaken)
    assert ast.dump(parse("a = 1")) == ast.dump(asked("a = 1"))
    assert isinstance(parse("a + 1", filename="<prompt>", mode="eval"), ast.Expression)
    with pytest.raises(SyntaxError):
        parse("a =")
    wrong += [SystemError("always")] * 9
    with pytest.raises(SystemError, match="always"):
        parse("a = 1")
