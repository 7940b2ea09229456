"""What every route shares: who may come in, how a body is read, how an error is told, how a request is logged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
from jupyter_server.base.call_context import CallContext
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.prometheus.log_functions import prometheus_log_method
from tornado.web import Finish, HTTPError

from ..errors import BodyTooLarge, CellChanged, Forbidden, InvalidBody, LuminaError
from .bodies import is_ready, parse_body
from .kernel_token import KERNEL_USER
from .service import SERVICE, Service

if TYPE_CHECKING:
    from ..engine import Engine
    from ..memory import Viewer

T = TypeVar("T")

LARGE_BODY = 256 * 1024
"""Bytes from which on a body is read in a thread, so that the event loop goes on."""

log = logging.getLogger(__name__)


class LuminaHandler(APIHandler):
    """A route of ours: opened by Jupyter's own authentication, or by the token of one of its kernels."""

    auth_resource = "lumina"
    kernels_allowed: ClassVar[bool] = True
    content_type = "application/json"

    # --- who may come in ---------------------------------------------------------------------------

    async def prepare(self, **_options: Any) -> None:
        """Let in who may come in; everybody else gets a 403, whatever the server's other settings say."""
        if self.service.kernel_token.opens(self.request.headers.get("Authorization", "")):
            self._admit_kernel()
            return
        await JupyterHandler.prepare(self, _redirect_to_login=False)
        if self.request.method == "OPTIONS" and (self.allow_origin or self.allow_origin_pat):
            return
        if self.current_user is None:
            raise _unknown()
        if not self.check_origin():
            raise _foreign()

    def _admit_kernel(self) -> None:
        CallContext.set(CallContext.JUPYTER_HANDLER, self)
        if not self.check_host():
            raise _foreign()
        if not self.kernels_allowed:
            raise Forbidden(
                "A kernel may not do this.", hint="Do it in JupyterLab, or with `lumina` outside of a kernel."
            )
        self.current_user = self._jupyter_current_user = KERNEL_USER

    def check_xsrf_cookie(self) -> None:
        """As Jupyter's, but who is unknown or comes from elsewhere gets a 403 and not a 404."""
        if hasattr(self, "_jupyter_current_user") and self.current_user is None:
            raise _unknown()
        try:
            super().check_xsrf_cookie()
        except HTTPError as error:
            raise (_foreign() if error.status_code == 404 else error) from None

    @property
    def is_kernel(self) -> bool:
        """Whether a kernel asks, by its own token."""
        return self.current_user is KERNEL_USER

    @property
    def asker(self) -> str:
        """The user's name for the usage log; empty where Jupyter knows no names (it invents one per browser)."""
        if self.is_kernel or type(self.identity_provider) in (IdentityProvider, PasswordIdentityProvider):
            return ""
        return str(getattr(self.current_user, "username", ""))

    @property
    def viewer(self) -> Viewer:
        """Who looks at conversations: the identity in Jupyter's signed cookie, or nobody in particular for a kernel."""
        from ..memory import NOBODY, Person, Viewer

        user = self.current_user
        if self.is_kernel or user is None:
            return NOBODY
        name = str(getattr(user, "username", ""))
        shown = str(getattr(user, "display_name", "") or getattr(user, "name", "") or name)
        person = Person(id=name, name=shown, initials=str(user.initials or ""), color=str(user.color or ""))
        return Viewer(name=name, person=person)

    # --- what it works with ------------------------------------------------------------------------

    @property
    def service(self) -> Service:
        """What the extension gave its routes to work with."""
        service: Service = self.settings[SERVICE]
        return service

    async def engine(self) -> Engine:
        """The engine."""
        return await self.service.engine()

    async def body(self, cls: type[T]) -> T:
        """The request's body as a dataclass.

        Raises:
            BodyTooLarge: beyond `max_body_mb`.
            InvalidBody: names the field that is wrong.
        """
        content = self.request.body
        limit = self.service.settings.max_body_mb
        if len(content) > limit * 1_000_000:
            raise BodyTooLarge(f"The body has {len(content) / 1e6:.1f} MB; {limit:g} MB are allowed.")
        if len(content) <= LARGE_BODY and is_ready(cls):
            return parse_body(content, cls)
        return await asyncio.to_thread(parse_body, content, cls)

    @staticmethod
    async def in_thread(load: Callable[[], T]) -> T:
        """The result of a function that may import much, from a thread."""
        return await asyncio.to_thread(load)

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number from the query.

        Raises:
            InvalidBody: when it is none, or out of range.
        """
        text = self.get_query_argument(name, "")
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 18 or not least <= int(text) <= most:
            raise InvalidBody(f"{name} must be a whole number from {least} to {most}.", field=name)
        return int(text)

    def flag(self, name: str) -> bool:
        """A 0 or 1 from the query."""
        return bool(self.number(name, 0, least=0, most=1))

    # --- what it answers ---------------------------------------------------------------------------

    def answer(self, value: Any) -> None:
        """End with a JSON answer; dataclasses become objects."""
        self.set_header("Cache-Control", "no-store")
        self.finish(_jsonable(value))

    def finish(self, *args: Any, **kwargs: Any) -> asyncio.Future[Any]:
        """End the answer."""
        kwargs.setdefault("set_content_type", self.content_type)
        return super().finish(*args, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """End with an error in this surface's shape; never with a traceback."""
        error = _error_of(status_code, kwargs.get("exc_info", (None, None, None))[1])
        self.set_status(status_code if isinstance(error, _Plain) else error.http_status)
        if error.retry_after is not None:
            self.set_header("Retry-After", str(max(1, round(error.retry_after))))
        self.content_type = "application/json"
        self.finish(self.error_body(error))

    def error_body(self, error: LuminaError) -> dict[str, Any]:
        """The JSON that tells of an error."""
        told: dict[str, Any] = {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "field": getattr(error, "field", ""),
            "retry_after": error.retry_after,
        }
        if isinstance(error, CellChanged):
            told["cell"] = {"id": error.cell_id, "source": error.source, "hash": error.hash}
        return {"error": told}

    # --- what is logged ----------------------------------------------------------------------------

    def log_exception(self, *info: Any) -> None:
        """Only what should not have happened is logged with its traceback, and never a body or a header."""
        error = info[1]
        if not isinstance(error, HTTPError | LuminaError | Finish):
            log.error("%s %s failed", self.request.method, self.request.path, exc_info=info)

    def _log(self) -> None:
        log.debug(
            "request method=%s path=%s status=%d ms=%.1f bytes=%d from=%s",
            self.request.method,
            self.request.path,
            self.get_status(),
            1000 * self.request.request_time(),
            len(self.request.body or b""),
            "kernel" if self.is_kernel else "user" if self.current_user else "nobody",
        )
        prometheus_log_method(self)  # type: ignore[no-untyped-call]  # Jupyter's, without annotations


class _Plain(LuminaError):
    """An error of HTTP itself, with the status that tornado gave it."""

    code = "http_error"
    default_hint = ""


def _unknown() -> Forbidden:
    return Forbidden(
        "The Jupyter server does not know who asks.",
        hint="Send its token as `Authorization: Bearer TOKEN`. In a kernel: restart the kernel, "
        "because the server was probably restarted since the kernel began.",
    )


def _foreign() -> Forbidden:
    return Forbidden(
        "The request comes from another site.",
        hint="`ServerApp.allow_remote_access` and `ServerApp.allow_origin` say what is allowed.",
    )


def _error_of(status_code: int, error: BaseException | None) -> LuminaError:
    if isinstance(error, LuminaError):
        return error
    if status_code == 403:
        return Forbidden("The Jupyter server does not allow this.")
    if isinstance(error, HTTPError):
        return _Plain(error.reason or _REASONS.get(status_code, "The request failed."))
    return LuminaError("Something went wrong inside Lumina; the server's log has the details.")


_REASONS = {404: "There is no such route.", 405: "This route does not take that method.", 400: "The request is wrong."}


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value
