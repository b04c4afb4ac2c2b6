"""Holds this client against the contract's examples, and against hubs, registrars and senders that err or cheat. `check.py` runs all."""

from exchangehub.wire import NotNow

CHECKS = []


def check(function):
    """A function that is true when the client does as the contract says; its name is the sentence. It gets a hub by hand of its own."""
    CHECKS.append(function)
    return function


def whats(said):
    return [what for what, _ in said]


def fails(kind, action):
    try:
        action()
        return False
    except kind:
        return True


def waits(action):
    return fails(NotNow, action)
