"""Fill a database for measuring: `python -m bench.generate 100k`."""

import argparse
import time

from bench.data import SIZES
from bench.databases import ROOT, ensure, installation


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.generate", description=__doc__)
    parser.add_argument("size", choices=SIZES, help="how many ideas; ten times as many votes")
    parser.add_argument("--again", action="store_true", help="also where there is one of this version")
    options = parser.parse_args()
    place, begun = installation(SIZES[options.size]), time.monotonic()
    made = ensure(place, again=options.again)
    print(f"{place.var_dir}: " + (f"made in {time.monotonic() - begun:.0f} s" if made else "there already"))
    shown = place.var_dir.relative_to(ROOT) if place.var_dir.is_relative_to(ROOT) else place.var_dir
    print(f"Serve it:       VAR_DIR={shown} PORT=8123 .venv/bin/python manage.py serve")
    print(f"Look into it:   VAR_DIR={shown} .venv/bin/python manage.py shell")
    print("Sign in:        VAR_DIR=… .venv/bin/python manage.py sign_in_link person-1@bench.example")


if __name__ == "__main__":
    main()
