"""The desktop client: everything that knows Qt lives here."""

# ruff: noqa: I002, PTH109, PTH120 - nothing may be imported before the folder below is off the path
import os
import sys

# `python -m ui` looks first into the folder in which it is typed, where anybody may have left a json.py.
if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()] != [os.path.dirname(os.path.dirname(__file__))]:
    del sys.path[0]
