"""The Jupyter server extension: builds the engine, registers the routes, looks after kernels' environments.

Loading it must cost a server next to nothing: the engine and everything it needs are imported in a
thread when the first request comes.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any, cast

from jupyter_server.extension.application import ExtensionApp

from ..errors import ServerUnreachable
from ..settings import Lumina
from .address import kernel_variables
from .kernel_environment import KernelEnvironment, secret_variables
from .kernel_token import KernelToken
from .notebooks import Notebooks, RenameWatch
from .routes import routes

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from ..engine import Engine

CLOSE_TIMEOUT = 5.0
"""Seconds that the engine gets to end when the server does."""


class LuminaExtension(ExtensionApp):
    """Lumina inside a Jupyter server; `c.Lumina.*` are its settings."""

    name = "lumina"
    description = "Lumina for Jupyter: an AI and ML workbench that lives inside Jupyter."
    extension_url = "/lab"
    load_other_extensions = True
    classes = [Lumina]  # noqa: RUF012 (traitlets' way)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kernel_token = KernelToken()
        self._engine: Engine | None = None
        self._engine_lock = asyncio.Lock()
        self._stopping = False
        self.answers: dict[asyncio.Future[None], str] = {}
        """The answers under way, done when all of one is written; with their request ids."""
        self._installed: list[KernelEnvironment | RenameWatch] = []

    def initialize_settings(self) -> None:
        """Read the settings and hook into the server's managers."""
        server = self._server
        self.lumina = Lumina(parent=self)
        self.notebooks = Notebooks(server.session_manager)
        if server.event_logger is not None:
            self._install(RenameWatch(server.event_logger, self._follow_rename))
        self._environment = KernelEnvironment(server.kernel_manager, self._secret_variables, self._kernel_variables)
        self._install(self._environment)

    def initialize_handlers(self) -> None:
        """Register the routes."""
        self.handlers.extend((route.pattern, route.handler) for route in routes())

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        terminals = serverapp.web_app.settings.get("terminal_manager")
        if terminals is not None:
            terminals.extra_env = {**(terminals.extra_env or {}), **self._kernel_variables()}

        # Before the first kernel starts, so that it need not wait for the import.
        await asyncio.to_thread(lambda: self._environment.secrets)

    async def engine(self) -> Engine:
        """The engine; made when it is first asked for.

        Raises:
            InvalidSetting: when it cannot be made of the settings.
            ServerUnreachable: when the server is about to end.
        """
        if self._engine is None:
            async with self._engine_lock:
                cls = await asyncio.to_thread(_import_engine)
                if self._stopping:
                    raise ServerUnreachable("The Jupyter server is shutting down.")
                if self._engine is None:
                    self._engine = cls(self.lumina, dict(os.environ))
        return self._engine

    async def stop_extension(self) -> None:
        """End the engine and give the server's managers back as they were."""
        self._stopping = True
        for installed in self._installed:
            installed.remove()
        self._installed.clear()
        engine, self._engine = self._engine, None
        if engine is None:
            return
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._end_answers(engine)
                await engine.close()
        except TimeoutError:
            self.log.warning("Lumina's engine did not end within %s seconds.", CLOSE_TIMEOUT)

    async def _end_answers(self, engine: Engine) -> None:
        """Cancel what is under way, and let each be told and kept up to its end while the database is open."""
        for request_id in self.answers.values():
            engine.cancel(request_id)
        if self.answers:
            await asyncio.wait(list(self.answers), timeout=CLOSE_TIMEOUT / 2)

    @property
    def _server(self) -> ServerApp:
        return cast("ServerApp", self.serverapp)

    def _install(self, hook: KernelEnvironment | RenameWatch) -> None:
        hook.install()
        self._installed.append(hook)

    def _secret_variables(self) -> frozenset[str]:
        return frozenset() if self.lumina.keep_keys_in_kernels else secret_variables(self.lumina)

    def _kernel_variables(self) -> dict[str, str]:
        return kernel_variables(self._server, self.kernel_token.reveal())

    async def _follow_rename(self, old: str, new: str) -> None:
        engine = await self.engine()
        await engine.rename_notebook(old, new)


def _import_engine() -> type[Engine]:
    from ..engine import Engine

    return Engine
