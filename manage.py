#!/usr/bin/env python3
"""The entrance for operators: Django's commands, on the embedded services unless DATABASE_URL names others."""

import os
import signal
import sys

# What asks no database, `serve`, which looks for another one first, and `process`: nothing is started for these.
WITHOUT_SERVICES = {
    *("check", "collectstatic", "compile_translations", "diffsettings", "findstatic", "help", "makemessages"),
    *("process", "serve", "spectacular", "startapp", "update_translations", "version"),
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")
    # A terminated command leaves by the same door as a finished one, past whoever stops the services.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))

    from ideation.startup import ready

    with ready(services=needs_services(sys.argv[1:])):
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


def needs_services(arguments: list[str]) -> bool:
    asks_for_help = {"-h", "--help", "--version"} & set(arguments)
    return bool(arguments) and not asks_for_help and arguments[0] not in WITHOUT_SERVICES


if __name__ == "__main__":
    main()
