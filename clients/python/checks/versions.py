"""Versions of a kind beside each other: the newest that both take, and nothing lost in an older one."""

from exchangehub import contract
from exchangehub.wire import Malformed, NotNow

from . import check, fails
from .hub_by_hand import THEIRS

CHECK = "assistance-check-request"
CONTENT = {"personName": "测试乙", "personId": "420581198806150025", "items": ["residence"], "purpose": "RecordCheck", "legalBasis": "Agreement"}
OF_A_DAY = {**CONTENT, "stateOn": "2025-09-01"}
FIRST, BOTH = [f"{CHECK}.v1"], [f"{CHECK}.v1", f"{CHECK}.v2"]


def ask(hub, content):
    return hub.sending.send(CHECK, THEIRS, content=content)["version"]


@check
def the_newest_version_that_the_receiver_takes_is_sent(hub):
    sent = []
    for hub.takes in ([], FIRST, BOTH, [f"{CHECK}.v2", f"{CHECK}.v3"]):
        sent.append(ask(hub, CONTENT))
    return sent == [1, 1, 2, 2] and ask(hub, OF_A_DAY) == 2


@check
def what_an_older_version_cannot_say_is_not_sent_and_nothing_is_left_out(hub):
    refused = []
    for hub.takes in ([], FIRST):
        refused.append(fails(Malformed, lambda: ask(hub, OF_A_DAY)))
    return all(refused) and hub.store.waiting() == 0


@check
def what_was_taken_when_last_asked_counts_while_the_hub_is_away(hub):
    hub.takes = BOTH
    ask(hub, CONTENT)

    def away(path):
        raise NotNow("away")

    hub.registry.fetch = away
    return ask(hub, OF_A_DAY) == 2


@check
def both_versions_are_taken(hub):
    return set(BOTH) <= set(contract.takes())
