"""The Jupyter server extension: registers the routes, looks after kernels' environments, ends the engine.

Loading it must cost a server next to nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from jupyter_server.extension.application import ExtensionApp

from ..collaboration.replicas.renames import Renames
from ..settings import EXPERIMENTS_VARIABLE, Lumina
from ..telemetry.ends import unless_it_fails
from .address import kernel_variables
from .guarding import Guarding
from .kernel_environment import KernelEnvironment
from .kernels import ServerKernels
from .notebooks import Notebooks, RenameWatch
from .rooms_last import RoomsLast
from .routes import routes
from .saved_moments import SavedMoments
from .service import SERVICE, Service
from .surroundings import ServerFolders, ServerNotebooks

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from ..collaboration import Places
    from ..collaboration.execution.kernels import NotebookKernels
    from ..context.surroundings import Surroundings


class LuminaExtension(ExtensionApp):
    """Lumina inside a Jupyter server; `c.Lumina.*` are its settings."""

    name = "lumina"
    description = "Lumina for Jupyter: an AI and ML workbench that lives inside Jupyter."
    extension_url = "/lab"
    load_other_extensions = True
    classes = [Lumina]  # noqa: RUF012 (traitlets' way)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._installed: list[KernelEnvironment | Renames | RenameWatch | SavedMoments] = []
        self._ending: asyncio.Task[None] | None = None

    def initialize_settings(self) -> None:
        """Read the settings and hook into the server's managers."""
        server = self._server
        self.service = Service(
            Lumina(parent=self), Notebooks(server.session_manager), ServerKernels(server.kernel_manager)
        )
        self.service.surroundings = self._surroundings
        self.service.places = self._places
        self.service.notebook_kernels = self._notebook_kernels
        self.settings[SERVICE] = self.service
        if server.event_logger is not None:
            self.service.renames = RenameWatch(server.event_logger, self._follow_rename)
            self._install(self.service.renames)
        self._install(Renames(server.contents_manager, server.web_app.settings))
        self._environment = KernelEnvironment(server.kernel_manager, self._secret_variables, self._kernel_variables)
        self._install(self._environment)
        self._saved_moments = SavedMoments(server, self.service.settings, self.service.contributors)
        self._install(self._saved_moments)
        self._guarding = Guarding(server, self.service)
        self._rooms_last = RoomsLast(server)

    def initialize_handlers(self) -> None:
        """Register the routes."""
        self.handlers.extend((route.pattern, route.handler) for route in routes())
        self._guard_live_notebooks()

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        # The extension for live notebooks comes before this one where they are loaded by name, but need not.
        self._guard_live_notebooks()
        terminals = serverapp.web_app.settings.get("terminal_manager")
        if terminals is not None:
            terminals.extra_env = {**(terminals.extra_env or {}), **self._kernel_variables()}

        # Before the first kernel starts, so that it need not wait for the import.
        await asyncio.to_thread(lambda: self._environment.secrets)

    async def stop_extension(self) -> None:
        """End the engine, bring live notebooks to disk, and give the server's managers back as they were.

        Nothing is raised: a server does not end whose extensions do not. One that is told to end again, by an impatient
        Ctrl-C, asks again, and waits here for the one end that there is.
        """
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        try:
            # Agents and cells that are stopped write to live notebooks, whose saves tell who wrote.
            for end in (self.service.close, self._guarding.close, self._give_back, self.service.close_names):
                await unless_it_fails(end)
        finally:
            self._rooms_last.remove()

    async def _give_back(self) -> None:
        while self._installed:
            self._installed.pop().remove()

    @property
    def _server(self) -> ServerApp:
        return cast("ServerApp", self.serverapp)

    def _install(self, hook: KernelEnvironment | Renames | RenameWatch | SavedMoments) -> None:
        hook.install()
        self._installed.append(hook)

    def _guard_live_notebooks(self) -> None:
        self._guarding.install()
        self._rooms_last.install()

    def _surroundings(self) -> Surroundings:
        from ..context.surroundings import Surroundings

        contents = self._server.contents_manager
        return Surroundings(
            notebooks=ServerNotebooks(contents, self._server.web_app.settings, self.service.settings.notebook_mb),
            kernels=self.service.eyes,
            folders=ServerFolders(contents, self.service.notebooks),
        )

    def _places(self) -> Places:
        from .notebook_places import ServerPlaces

        largest = self.service.settings.notebook_mb
        return ServerPlaces(self._server.contents_manager, self._server.web_app.settings, largest)

    def _notebook_kernels(self) -> NotebookKernels:
        from .notebook_kernels import ServerNotebookKernels

        return ServerNotebookKernels(self._server.session_manager, self._server.kernel_manager)

    def _secret_variables(self) -> frozenset[str]:
        from ..gateway.providers.secret_variables import secret_variables

        settings = self.service.settings
        return frozenset() if settings.keep_keys_in_kernels else secret_variables(settings)

    def _kernel_variables(self) -> dict[str, str]:
        found = kernel_variables(self._server, self.service.kernel_token.reveal())
        return {**found, EXPERIMENTS_VARIABLE: str(self.service.settings.experiments_path.absolute())}

    async def _follow_rename(self, old: str, new: str) -> None:
        await self._saved_moments.follow_rename(old, new)
        engine = await self.service.engine()
        await engine.rename_notebook(old, new)
