"""What goes out: sealed by the right keys only, kept until a true receipt, sent again in its order."""

import time
import uuid
from datetime import timedelta

from exchangehub import contract, jose
from exchangehub.registry import Fraud
from exchangehub.sending import RESEND_FIRST, RESEND_MAX
from exchangehub.wire import Malformed, digest, parse, time_text

from . import check, fails, whats
from .hub_by_hand import HUB, NOW, OURS, QUESTION, THEIRS, ask


@check
def a_foreign_key_in_the_own_entry_ends_all_sealing(hub):
    hub.records[OURS].append(hub.record(OURS, "sig", jose.new_key()))
    hub.publish()
    hub.registry.refresh()
    return fails(Fraud, lambda: ask(hub))


@check
def nothing_is_sealed_by_a_registry_of_31_days(hub):
    hub.time = NOW + timedelta(days=31)
    return fails(Malformed, lambda: ask(hub))


@check
def only_a_true_receipt_ends_the_waiting(hub):
    header = ask(hub)
    body = hub.store.outgoing(header["messageId"])["body"].encode("ascii")
    true = hub.accepted(body)
    false = [{**true, "digest": digest(b"")}, {**true, "from": THEIRS, "to": OURS}, {**true, "hub": "hub.other"}]
    waited = all(whats(hub.receipt(hub.stamp(statement))) == ["fault"] for statement in false) and hub.store.waiting() == 1
    held = {"what": "held", "hub": HUB, "from": OURS, "messageId": header["messageId"], "digest": digest(body), "heldAt": time_text(NOW)}
    said = hub.receipt(hub.stamp(held)) + hub.receipt(hub.stamp(true)) + hub.receipt(hub.stamp(true))
    return waited and whats(said) == ["held", "accepted"] and hub.store.outgoing(header["messageId"])["state"] == "accepted"


@check
def a_refusal_says_codes_and_fields(hub):
    header = ask(hub)
    body = hub.store.outgoing(header["messageId"])["body"].encode("ascii")
    refused = {"what": "refused", "hub": HUB, "from": OURS, "messageId": header["messageId"], "digest": digest(body),
               "refusedAt": time_text(NOW), "codes": ["ReceiverNotActive"], "fields": ["/header/to"]}
    said = list(hub.receiving.receipt(hub.stamp(refused)))
    return [(s["what"], s["codes"], s["fields"], s["kind"]) for s in said] == [("refused", ["ReceiverNotActive"], ["/header/to"], QUESTION)]


@check
def what_waits_is_sent_again_in_order_and_at_doubling_intervals(hub):
    first = ask(hub)
    exchange, now = first["exchangeId"], time.time()
    second = hub.sending.send("withdrawal", exchange=exchange)
    sent, broker = [], type("Broker", (), {"publish": lambda _, header, body: sent.append((header["messageId"], body))})()
    waits_for = []
    for _ in range(7):
        hub.sending.again()
        hub.sending.publish_due(broker)
        waits_for.append(round(hub.store.outgoing(first["messageId"])["next_try"] - now))
    hub.sending.publish_due(broker)
    return len(set(sent)) == 1 and len(sent) == 7 and second["messageId"] not in dict(sent) and \
        all(abs(w - min(RESEND_FIRST * 2 ** n, RESEND_MAX)) <= 2 for n, w in enumerate(waits_for))


@check
def an_answer_names_what_it_answers_and_not_the_last_word(hub):
    exchange = str(uuid.uuid4())
    question = hub.question(exchange)
    word = hub.question(exchange, kind="clarification")
    told = whats(hub.take(hub.delivery(question)) + hub.take(hub.delivery(word, seq=2), "clarification.v1"))
    header = hub.sending.send("acknowledgement", exchange=exchange)
    return told == ["delivered", "delivered"] and header["inReplyTo"] == parse(question)["header"]["messageId"]


@check
def a_report_goes_to_the_hub_unasked(hub):
    return hub.sending.send("statistics-report", content={"on": "2026-11-25"})["to"] == HUB


@check
def what_follows_an_opening_of_ours_waits_for_its_receipt(hub):
    first = ask(hub)
    second = ask(hub, follows=first["exchangeId"])
    waited = [row["message_id"] for row in hub.store.due(time.time())] == [first["messageId"]]
    list(hub.receipt(hub.stamp(hub.accepted(hub.store.outgoing(first["messageId"])["body"].encode("ascii")))))
    return waited and [row["message_id"] for row in hub.store.due(time.time())] == [second["messageId"]]


@check
def every_kind_has_its_row_and_its_content(_):
    rows = [row for versions in contract.kinds().values() for row in versions.values()]
    return QUESTION in contract.kinds() and all({"kind", "from", "to"} <= row.required <= row.members for row in rows) and \
        all(fails(Malformed, lambda: row.check({}, {})) for row in rows)
