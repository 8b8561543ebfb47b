"""A socket, and uvicorn on it: with an end to headers that drip in."""

import asyncio
import contextlib
import socket

import uvicorn
from uvicorn.protocols.http import h11_impl

from .. import errors
from . import limits


@contextlib.contextmanager
def bound(host: str, port: int):
    """A socket that listens there; port 0 is any. Raises `errors.CourseError`: no such address, or it is taken."""
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)  # who comes before uvicorn does waits
        except (OSError, OverflowError) as problem:
            raise errors.CourseError(f"{host}:{port} cannot be listened on ({problem}): choose another --host or --port"
                                     ) from None
        yield listener
    finally:
        listener.close()


def run(app, listener: socket.socket, most: limits.Limits, ending=None) -> None:
    """Serve an ASGI app until a signal ends it. ending: a function that is called then, in a thread, so that requests
    that would take long are answered soon."""
    config = uvicorn.Config(app, http=_patient(most.header_seconds), ws="none", lifespan="off", log_level="warning",
                            access_log=False, server_header=False, proxy_headers=False, timeout_keep_alive=5,
                            limit_concurrency=most.connections, timeout_graceful_shutdown=5)
    _Server(config, ending).run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ending):
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets=None) -> None:
        """Wait for requests that are being answered, and end."""
        if self._ending is not None:
            await asyncio.to_thread(self._ending)
        await super().shutdown(sockets)


def _patient(seconds: float):
    """uvicorn's protocol, which closes a connection whose headers have not come after so many seconds."""

    class Patient(h11_impl.H11Protocol):
        """One connection."""

        deadline = None

        def connection_made(self, transport) -> None:
            """Begin to wait for headers."""
            super().connection_made(transport)
            self.deadline = self.loop.call_later(seconds, transport.close)

        def data_received(self, data: bytes) -> None:
            """Headers that are there end the wait; the beginning of the next ones starts it again."""
            super().data_received(data)
            if self.cycle is not None and not self.cycle.response_complete:
                self._stop()
            elif self.deadline is None:
                self.deadline = self.loop.call_later(seconds, self.transport.close)

        def connection_lost(self, exc) -> None:
            """Nothing is waited for any more."""
            self._stop()
            super().connection_lost(exc)

        def _stop(self) -> None:
            if self.deadline is not None:
                self.deadline.cancel()
                self.deadline = None

    return Patient
