"""What is asked of a cluster is waited for so long and no longer."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from lumina_jupyter.automl.execution.line import Line, OneLine
from lumina_jupyter.errors import ClusterUnavailable

NEVER = 60.0


def hang(line: Line, late: Callable[[], object]) -> threading.Event:
    """Let it wait in what it is asked, until the event."""
    began, end = threading.Event(), threading.Event()

    def wait() -> None:
        began.set()
        end.wait(NEVER)

    while not began.is_set():
        with pytest.raises(ClusterUnavailable, match="did not answer within 0 seconds"):
            line.ask(0.05, wait, late=lambda _: late())
    return end


@pytest.mark.parametrize("kind", [Line, OneLine])
def test_answers_errors_and_silence(kind: type[Line]) -> None:
    line = kind("the cluster at nowhere")
    assert line.ask(NEVER, lambda: 3) == 3

    def fail() -> None:
        raise OSError("No route.\nto it")

    with pytest.raises(ClusterUnavailable, match=r"^The cluster at nowhere does not answer: No route\.") as refused:
        line.ask(NEVER, fail)
    assert isinstance(refused.value.__cause__, OSError)

    late = threading.Event()
    hung = hang(line, late.set)
    hung.set()
    assert late.wait(NEVER), "A connection that comes late can be given back."


def test_one_line_is_one_thread_and_keeps_the_order() -> None:
    line = OneLine("the cluster")
    thread = line.ask(NEVER, threading.get_ident)
    said: list[str] = []
    hung = hang(line, lambda: None)
    with pytest.raises(ClusterUnavailable):
        line.ask(0.01, lambda: said.append("nobody waits for this any more"))
    line.soon(lambda: 1 / 0)
    line.soon(lambda: said.append(str(threading.get_ident() == thread)))
    line.end(0.0, lambda: said.append("the end"))
    assert said == []
    hung.set()
    thread_of_line = next(each for each in threading.enumerate() if each.ident == thread)
    thread_of_line.join(NEVER)
    assert said == ["True", "the end"]
