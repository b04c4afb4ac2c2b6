"""Whose keys count: registrars and hubs that serve another registry than they should."""

from exchangehub import jose
from exchangehub.registry import Fraud
from exchangehub.wire import Malformed, NotNow, compact

from . import check, fails, waits, whats
from .hub_by_hand import HUB, OURS, THEIRS, ask, flipped


@check
def an_unknown_hub_key_is_looked_for_in_a_fresh_registry(hub):
    hub.registry.entry(HUB)
    hub.key = jose.new_key()
    hub.records[HUB].append(hub.record(HUB, "sig", hub.key))
    hub.publish()
    return whats(hub.take(hub.delivery(hub.question()))) == ["delivered"]


@check
def a_registry_that_does_not_hold_is_no_message_s_fault(hub):
    hub.their_sig = jose.new_key()
    message = hub.delivery(hub.question())
    hub.publish(by=jose.new_key())
    return waits(lambda: hub.take(message)) and hub.store.exchanges() == []


@check
def a_smaller_snapshot_is_refused(hub):
    hub.publish()
    hub.registry.refresh()
    hub.publish(number=1)
    refused = fails(Malformed, hub.registry.refresh)
    return refused and hub.registry.state["number"] == 2 and fails(Malformed, hub.open)  # remembered over a restart


@check
def two_snapshots_with_one_number_end_all_sealing(hub):
    ask(hub)
    hub.records[OURS] *= 2
    hub.publish(number=1)
    return fails(Fraud, hub.registry.refresh) and fails(Malformed, lambda: ask(hub))


@check
def a_snapshot_of_another_root_size_or_signer_is_refused(hub):
    def bent(**more):
        view = hub.get("/registry")
        hub.registry.fetch = lambda path: {**view, **more}
        return fails((Malformed, NotNow), hub.registry.refresh)

    view = hub.get("/registry")
    return bent(leaves=[flipped(view["leaves"][0]), *view["leaves"][1:]]) and bent(parties=view["parties"][1:], leaves=view["leaves"][1:]) and \
        bent(parties=view["parties"][::-1]) and bent(snapshot=view["snapshot"][:-4] + "AAAA") and bent(snapshot="a.b.c")


@check
def an_entry_outside_the_snapshot_gives_no_key(hub):
    hub.entries[THEIRS] = compact({"party": THEIRS, "records": [hub.record(THEIRS, "enc", jose.new_key())]})
    return fails(Malformed, lambda: ask(hub))


@check
def a_record_of_another_party_or_purpose_gives_no_key(hub):
    hub.records[THEIRS] = hub.records[OURS]
    hub.publish()
    hub.registry.refresh()
    of_another = fails(Malformed, lambda: ask(hub))
    hub.records[HUB], hub.records[THEIRS] = [hub.record(THEIRS, "sig", hub.key)], [hub.record(THEIRS, "sig", hub.their_sig)]
    hub.publish()
    hub.registry.refresh()
    return of_another and fails(Malformed, lambda: ask(hub)) and fails(Malformed, lambda: hub.registry.entry(HUB))


@check
def a_rolled_over_registrar_is_followed(hub):
    old, hub.registrar = hub.registrar, jose.new_key()
    hub.records = {
        HUB: [hub.record(HUB, "sig", hub.key)], THEIRS: [hub.record(THEIRS, "sig", hub.their_sig), hub.record(THEIRS, "enc", hub.their_enc)],
        OURS: [hub.record(OURS, use, key) for use in ("sig", "enc") for key in hub.folder.keys[use].values()],
        "registrar": [hub.record("registrar", "sig", hub.registrar, by=old)],
    }
    hub.publish()
    hub.open()
    return whats(hub.take(hub.delivery(hub.question()))) == ["delivered"] and ask(hub)["to"] == THEIRS
