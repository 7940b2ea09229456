"""The agent, put together for an engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..collaboration.snapshots.snapshots import Snapshots
from ..context.surroundings import Folders
from ..settings import Lumina
from ..storage import Database
from ..tools import Toolbox
from ..tools.builtin.file_changes import FileChanges
from .agents import Agents, Over
from .checkpoints.checkpoints import Checkpoints
from .checkpoints.variables import HasKernels, KernelVariables
from .executor.assertions import assertions
from .executor.means import ChooseModel, MakeEstimate, Means, OpensNotebooks
from .gears.choosing import choose_gear
from .keeper import Keeper
from .mind import Mind
from .personas import Personas
from .run_store import RunStore
from .surroundings import Scenes, Sight, ViewOf
from .undoing import Undoer, UndoesCells


def agents(
    settings: Lumina,
    database: Database,
    toolbox: Toolbox,
    *,
    mind: Callable[[], Mind],
    personas: Personas,
    notebooks: OpensNotebooks,
    snapshots: Snapshots,
    cells: UndoesCells,
    kernels: HasKernels,
    view: ViewOf,
    sight: Sight | None,
    folders: Folders | None,
    choose_model: ChooseModel,
    estimate: MakeEstimate,
    audience: Callable[[str], Awaitable[str]],
    over: Over | None = None,
) -> Agents:
    """The service.

    Args:
        settings: The settings.
        database: Where runs are kept.
        toolbox: The one way to call tools.
        mind: What thinks for runs.
        personas: Who can work.
        notebooks: Where notebooks are to be had.
        snapshots: Where whole notebooks are kept.
        cells: Undoes and redoes in notebooks.
        kernels: Knows in which kernels cells run.
        view: The notebook at a path.
        sight: What looks into kernels.
        folders: Which folders there are.
        choose_model: The model for a gear.
        estimate: What a plan will take.
        audience: Whom a conversation is for.
        over: Is told of runs that are over.
    """
    variables = KernelVariables(settings, kernels)
    keeper = Keeper()
    store = RunStore(database, keeper)
    means = Means(
        settings=settings,
        toolbox=toolbox,
        checks=toolbox.beside(assertions(kernels)),
        mind=mind,
        personas=personas,
        scenes=Scenes(settings, toolbox, view, sight, folders),
        notebooks=notebooks,
        kernels=kernels,
        choose_model=choose_model,
        choose_gear=choose_gear,
        estimate=estimate,
        checkpoints=Checkpoints(notebooks, snapshots, variables, toolbox.registry.get),
        undoer=Undoer(cells, FileChanges(settings.data_path / "file-changes"), toolbox, variables),
    )
    return Agents(means, store, lambda: keeper.name, audience, over)
