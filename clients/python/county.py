#!/usr/bin/python3
"""A county at the hub: `county.py FOLDER COMMAND`. See README.md, and `county.py --help`."""

import sys

from exchangehub.cli import main

if __name__ == "__main__":
    sys.exit(main())
