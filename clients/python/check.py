#!/usr/bin/python3
"""Holds this client against the contract: `checks/`. Needs neither hub nor broker.

Prints one line for each check that ends otherwise, then the counts; exit code 0 when there was none."""

import sys
import traceback

from checks import CHECKS, examples, receiving, registry, sending, versions  # noqa: F401 (each adds its checks)
from checks.hub_by_hand import HubByHand


def main():
    judged = [(f"example {name}", holds) for name, holds in examples.checks()]
    judged += [(check.__name__.replace("_", " "), lambda check=check: check(HubByHand())) for check in CHECKS]
    wrong = 0
    for name, holds in judged:
        try:
            held = holds()
        except Exception:
            traceback.print_exc()
            held = False
        if not held:
            wrong += 1
            print(f"ends otherwise: {name}")
    print(f"{len(judged) - wrong} as the contract says, {wrong} not")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
