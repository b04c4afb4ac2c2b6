"""What comes from the hub: bent, forged, withheld, doubled, unreadable. Nothing false is applied and nothing true is lost."""

import random
import uuid
from datetime import timedelta

from exchangehub import jose
from exchangehub.wire import compact, digest, parse, time_text

from . import check, waits, whats
from .hub_by_hand import HUB, NOW, OURS, THEIRS, flipped

FAULT = "fault"


@check
def a_delivery_is_applied_once(hub):
    message = hub.delivery(hub.question())
    return whats(hub.take(message)) == ["delivered"] and hub.take(message) == []


@check
def what_was_bent_on_the_way_is_not_applied_and_fetched_again(hub):
    good = hub.delivery(hub.question())
    stamp, parts = good["stamp"], good["stamp"]["root"].split(".")
    bent = [
        {**good, "body": good["body"].replace("\"wire\":1", "\"wire\":2")},
        {**good, "stamp": {**stamp, "leaf": flipped(stamp["leaf"])}},
        {**good, "stamp": {**stamp, "path": [flipped(stamp["path"][0]), *stamp["path"][1:]]}},
        {**good, "stamp": {**stamp, "path": stamp["path"][:1]}},
        {**good, "stamp": {**stamp, "index": 0}},
        *({**good, "stamp": {**stamp, "root": ".".join(flipped(p) if n == part else p for n, p in enumerate(parts))}} for part in range(3)),
    ]
    for message in bent:
        if whats(hub.take(message)) != [FAULT]:
            return False
    hub.feed = [good]
    return whats(hub.take(bent[0])) == [FAULT, "delivered"]


@check
def what_another_signed_or_addressed_is_not_applied(hub):
    body = hub.question()
    statement, text = hub.accepted(body), body.decode("ascii")
    stamps = [
        hub.stamp(statement, by=hub.their_sig), hub.stamp(statement, by=jose.new_key()), hub.stamp(statement, typ="eh-key+jwt"),
        hub.stamp(statement, hub="hub.other"), hub.stamp({**statement, "hub": "hub.other"}), hub.stamp({**statement, "to": THEIRS}),
        hub.stamp({**statement, "digest": digest(b"other")}), hub.stamp({**statement, "kind": "return"}), hub.stamp({**statement, "version": 2}),
        hub.stamp({name: value for name, value in statement.items() if name != "seq"}), hub.stamp(statement, at=NOW + timedelta(days=800)),
        hub.stamp({"what": ["accepted"]}),
        hub.stamp({"what": "held", "hub": HUB, "from": OURS, "messageId": statement["messageId"], "digest": digest(body), "heldAt": time_text(NOW)}),
    ]
    others_event = hub.event(statement["exchangeId"], 1) | {"to": THEIRS}
    if whats(hub.take({"stamp": hub.stamp(others_event)}, "overdue.v1")) != [FAULT]:
        return False
    return all(whats(hub.take({"body": text, "stamp": stamp})) == [FAULT] for stamp in stamps) and hub.store.exchanges() == []


@check
def no_bytes_whatever_end_the_client(hub):
    chance = random.Random(20261126)
    raw = compact(hub.delivery(hub.question()))
    for _ in range(300):
        bent = bytearray(raw)
        for _ in range(chance.choice((1, 1, 3))):
            bent[chance.randrange(len(bent))] = chance.randrange(256)
        if bent != raw and any(said["what"] != FAULT for said in hub.receiving.take("x.v1", None, bytes(bent))):
            return False
    others = [b"", b"[]", b"{}", b"null", b"{\"stamp\":1}", b"{\"stamp\":{\"leaf\":[],\"index\":-1,\"path\":{},\"root\":1}}", b"\xff" * 9, b"{" * 5_000]
    return all([s["what"] for s in hub.receiving.take(type_, "x", junk)] == [FAULT] for junk in others for type_ in ("receipts.v1", "y.v1", None))


@check
def a_missing_seq_is_fetched_and_applied_first(hub):
    exchange = str(uuid.uuid4())
    first, second = hub.delivery(hub.question(exchange)), {"stamp": hub.stamp(hub.event(exchange, 2))}
    hub.feed = [first, second]
    return hub.take(second, "overdue.v1") == [("delivered", 1), ("event", 2)] and f"/deliveries?exchange={exchange}&fromSeq=1" in hub.asked


@check
def a_seq_that_the_hub_withholds_keeps_the_next_from_being_applied_and_stays_owed(hub):
    exchange = str(uuid.uuid4())
    first, second = hub.delivery(hub.question(exchange)), {"stamp": hub.stamp(hub.event(exchange, 2))}
    withheld = whats(hub.take(second, "overdue.v1")) == [FAULT] and hub.store.last_seq(exchange) == 0 and hub.store.owed() == [exchange]
    hub.feed = [second]
    still = [s["what"] for s in hub.receiving.fetch_owed()] == [FAULT]
    hub.feed = [first, second]
    given = [s["seq"] for s in hub.receiving.fetch_owed()] == [1, 2]
    return withheld and still and given and hub.store.owed() == []


@check
def one_seq_with_two_leaves_is_fraud(hub):
    body = hub.question()
    hub.take(hub.delivery(body))
    return whats(hub.take(hub.delivery(body, number=7))) == ["fraud"]


@check
def one_message_under_two_seqs_is_applied_once(hub):
    body = hub.question()
    return whats(hub.take(hub.delivery(body)) + hub.take(hub.delivery(body, seq=2))) == ["delivered", "put aside"]


@check
def what_does_not_open_is_put_aside_and_returned(hub):
    exchange = str(uuid.uuid4())
    by_a_stranger = whats(hub.take(hub.delivery(hub.question(exchange, signed_by=jose.new_key()))))
    to_a_stranger = whats(hub.take(hub.delivery(hub.question(sealed_to=jose.new_key()))))
    answers = [parse(row["body"].encode("ascii"))["header"] for row in hub.store.all_outgoing()]
    return (by_a_stranger, to_a_stranger) == (["put aside"], ["put aside"]) and hub.store.last_seq(exchange) == 1 and \
        [(h["kind"], h["reasonCode"], h["automatic"]) for h in answers] == [("return", "Unreadable", True)] * 2 and answers[0]["exchangeId"] == exchange


@check
def whatever_was_sealed_is_put_aside_and_the_next_is_applied(hub):
    digits = b'{"content":{"n":' + b"9" * 5_000 + b"}}"
    sealed = [hub.sealing(b"\xff.\xfe.\xfd"), hub.sealing(b"eyJ9.e30.AA"), hub.sealing(digits, signed=True), hub.sealing(b"\xff" * 9, signed=True)]
    return [whats(hub.take(hub.delivery(body))) for body in sealed] == [["put aside"]] * 4 and whats(hub.take(hub.delivery(hub.question()))) == ["delivered"]


@check
def a_number_of_any_length_is_no_bytes_of_ours(hub):
    return all([s["what"] for s in hub.receiving.take(type_, "x", b'{"stamp":' + b"9" * 5_000 + b"}")] == [FAULT] for type_ in ("receipts.v1", "y.v1"))


@check
def a_key_that_ended_before_the_stamp_signs_nothing(hub):
    hub.records[THEIRS][0] = hub.record(THEIRS, "sig", hub.their_sig, until=NOW - timedelta(days=1))
    hub.publish()
    hub.registry.refresh()
    return whats(hub.take(hub.delivery(hub.question()))) == ["put aside"]


@check
def the_old_key_opens_still(hub):
    old = list(hub.folder.keys["enc"].values())[0]
    hub.records[OURS].append(hub.record(OURS, "enc", hub.folder.new_key("enc")))
    hub.publish()
    return whats(hub.take(hub.delivery(hub.question(sealed_to=old))) + hub.take(hub.delivery(hub.question()))) == ["delivered", "delivered"]


@check
def a_key_that_our_folder_lost_is_nobody_else_s_fault(hub):
    message = hub.delivery(hub.question())
    hub.folder.keys["enc"].clear()
    return waits(lambda: hub.take(message)) and hub.store.exchanges() == [] and hub.store.all_outgoing() == []


@check
def an_event_of_an_unknown_kind_is_stored_and_seq_goes_on(hub):
    exchange = str(uuid.uuid4())
    hub.take(hub.delivery(hub.question(exchange)))
    lone = {"stamp": hub.stamp(hub.event(None, 0, "something-new"))}
    return hub.take({"stamp": hub.stamp(hub.event(exchange, 2, "something-new"))}, "something-new.v1") == [("event", 2)] and \
        whats(hub.take(lone, "something-new.v1") + hub.take(lone, "something-new.v1")) == ["event"] and hub.store.last_seq(exchange) == 2


@check
def a_body_that_is_kept_no_longer_lets_seq_go_on(hub):
    exchange = str(uuid.uuid4())
    hub.feed = [{"stamp": hub.delivery(hub.question(exchange))["stamp"], "gone": True}, {"stamp": hub.stamp(hub.event(exchange, 2))}]
    return [s["what"] for s in hub.receiving.heal()] == ["put aside", "event"] and list(hub.receiving.heal()) == []
