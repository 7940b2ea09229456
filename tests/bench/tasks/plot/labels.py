"""A figure that lacks its title and the names of its axes."""

from __future__ import annotations

from ..drawing import figure_of, same
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_PLOT = "import matplotlib.pyplot as plt\n\nplt.plot(hours, degrees)\nplt.show()"


def check(result: Result) -> None:
    """The same line, with a title and both axes named."""
    result.keeps("plot-cell")
    for degrees in ([4.0, 3.0, 9.0, 14.0, 11.0], [1.0, 2.0, 1.0, 2.0, 1.0]):
        played = result.play(sources={"data-cell": f"hours = [0, 6, 9, 14, 20]\ndegrees = {degrees}"})
        figure = figure_of(result, played)
        require(any(same(line, degrees) for line in figure.drawn("lines")), "the line is not there any more")
        for of, word in (("title", "temperature"), ("xlabel", "hour"), ("ylabel", "degree")):
            found = " ".join(figure.labels(of)).lower()
            require(word in found, f"the {of} is {found!r}, without {word!r}")


TASK = NotebookTask(
    words="Give the plot the title 'Temperature of a day' and label the axes 'Hour' and 'Degrees'.",
    cells=(
        code("data-cell", "hours = [0, 6, 9, 14, 20]\ndegrees = [4.0, 3.0, 9.0, 14.0, 11.0]"),
        code("plot-cell", _PLOT),
    ),
    about=("plot-cell",),
    paste="replace",
    check=check,
    reference=Change(
        edits={
            "plot-cell": _PLOT.replace(
                "plt.show",
                'plt.title("Temperature of a day")\nplt.xlabel("Hour")\nplt.ylabel("Degrees")\nplt.show',
            )
        }
    ),
    cheats=(
        Change(edits={"plot-cell": _PLOT.replace("plt.show", 'plt.title("Temperature of a day")\nplt.show')}),
        Change(
            edits={
                "plot-cell": 'import matplotlib.pyplot as plt\n\nplt.title("Temperature of a day")\n'
                'plt.xlabel("Hour")\nplt.ylabel("Degrees")\nplt.show()'
            }
        ),
    ),
    shows=("@cell:plot-cell",),
)
