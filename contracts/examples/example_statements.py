"""What the hub says, and how it travels: statements, stamps, receipts, pages. Used by make_examples.py."""

import hashlib

from exchangehub import jose
from example_messages import ASKED, ASKER, HUB, REQUEST, uuid
from exchangehub.wire import b64u, compact, digest, leaf_hash, tree_path, tree_root

STAMPED_AT, FIRST = "2026-11-24T01:05:00.482913Z", uuid("first")


def stamp(statement, at, hub_key, index=3, size=7):
    """A batch of seven: ours and six other counties' leaves, of which a receiver sees hashes alone."""
    leaf = compact(statement)
    hashes = [hashlib.sha256(f"another leaf {n}".encode()).digest() for n in range(size)]
    hashes[index] = leaf_hash(leaf)
    root = {"hub": HUB, "epoch": 1, "batch": uuid(f"batch {at}"), "size": size, "root": b64u(tree_root(hashes)), "at": at}
    return {
        "leaf": b64u(leaf), "index": index, "path": [b64u(h) for h in tree_path(hashes, index)],
        "root": jose.sign(hub_key, "eh-root+jwt", compact(root)),
    }, root


def event(kind, to, at, number, seq, exchange=FIRST, **more):
    return {"what": "event", "hub": HUB, "to": to, "eventId": uuid(f"{kind} {to}"), "kind": kind, "version": 1, "acceptedAt": at,
            "exchangeId": exchange, "number": number, "seq": seq, **more}


def said(bodies):
    """Name, schema, statement. The first of a schema is broken for its invalid example."""
    taken = {"what": "accepted", "hub": HUB}
    feedback_due = {"dueOn": "2026-12-03", "dueAt": "2026-12-03T16:00:00.000000Z"}
    extended = {"dueOn": "2026-12-10", "dueAt": "2026-12-10T16:00:00.000000Z"}
    return [
        ("accepted", "accepted", {
            **taken, "from": ASKER, "to": ASKED, "messageId": REQUEST, "exchangeId": FIRST, "kind": "certificate-verification-request",
            "version": 1, "digest": digest(bodies["certificate-verification-request/valid"]), "number": 1, "seq": 1, "acceptedAt": STAMPED_AT,
            "ackDueOn": "2026-11-25", "ackDueAt": "2026-11-25T16:00:00.000000Z", **feedback_due}),
        ("accepted.extension", "accepted", {
            **taken, "from": ASKER, "to": ASKED, "messageId": uuid("granted"), "exchangeId": FIRST, "kind": "extension-decision",
            "version": 1, "digest": digest(bodies["extension-decision/valid"]), "number": 4, "seq": 2,
            "acceptedAt": "2026-11-25T02:30:00.611208Z", **extended}),
        ("accepted-report", "accepted-report", {
            **taken, "from": ASKER, "to": HUB, "messageId": uuid("report"), "kind": "statistics-report", "version": 1,
            "digest": digest(bodies["statistics-report/valid"]), "acceptedAt": "2026-11-24T09:30:00.204417Z"}),
        ("refused", "refused", {
            "what": "refused", "hub": HUB, "from": ASKER, "messageId": uuid("withdrawal"), "digest": digest(bodies["withdrawal/valid"]),
            "refusedAt": "2026-11-25T02:30:00.913004Z", "codes": ["PhaseNotAllowed"], "fields": ["/header/exchangeId"]}),
        ("held", "held", {
            "what": "held", "hub": HUB, "from": ASKED, "messageId": uuid("return"), "digest": digest(bodies["return/valid"]),
            "heldAt": "2026-11-25T02:30:01.000250Z"}),
        ("event.reminder.v1", "event.reminder.v1", event(
            "reminder", ASKED, "2026-12-02T01:00:00.000000Z", 2, 2, duty="feedback", dueAt=feedback_due["dueAt"])),
        ("event.overdue.v1", "event.overdue.v1", event(
            "overdue", ASKED, "2026-12-03T16:02:00.000000Z", 3, 3, duty="feedback", dueAt=feedback_due["dueAt"])),
        ("event.escalation.v1", "event.escalation.v1", event(
            "escalation", ASKED, "2026-12-08T01:00:00.000000Z", 5, 5, duty="feedback", dueAt=feedback_due["dueAt"])),
        ("event.due-change.v1", "event.due-change.v1", event(
            "due-change", ASKED, "2026-12-03T17:10:00.000000Z", 2, 2, duty="feedback", dueOn="2026-12-03", dueAt="2026-12-03T18:10:00.000000Z",
            cause="HubOutage")),
        ("event.due-change.v1.extended", "event.due-change.v1", event(
            "due-change", ASKER, "2026-11-25T02:30:00.611208Z", 5, 2, duty="feedback", **extended, cause="Extended")),
        ("event.closure.v1", "event.closure.v1", event("closure", ASKER, "2026-12-09T01:00:00.000000Z", 4, 3, cause="Automatic")),
        ("event.closure.v1.superseded", "event.closure.v1", event(
            "closure", ASKED, "2026-11-25T02:30:00.611208Z", 2, 1, uuid("outflow"), cause="Superseded")),
        ("event.ruling.v1", "event.ruling.v1", event("ruling", ASKER, "2026-12-04T03:00:00.000000Z", 6, 4, outcome="Maintained")),
        ("event.registry-change.v1", "event.registry-change.v1", {
            "what": "event", "hub": HUB, "to": ASKED, "eventId": uuid("registry-change"), "kind": "registry-change", "version": 1,
            "acceptedAt": "2026-11-23T01:00:01.000000Z", "snapshot": 7, "directory": 12}),
    ]


def statements(bodies, hub_key, write):
    by_name = {}
    for name, schema, statement in said(bodies):
        by_name[name] = statement
        write(f"statements/{name}.json", statement, f"statement.{schema}", "A leaf's exact bytes")
        if name != schema:
            continue
        broken = {m: v for m, v in statement.items() if m not in ("digest", "dueAt", "cause", "outcome", "snapshot")} if name != "accepted" else {**statement, "seq": 0}
        write(f"statements/{name}.invalid.json", broken, f"statement.{schema}", "A member that a receiver needs is missing or out of range", valid=False)
    accepted, refused, overdue = by_name["accepted"], by_name["refused"], by_name["event.overdue.v1"]
    taken, root = stamp(accepted, STAMPED_AT, hub_key)
    other, _ = stamp(refused, refused["refusedAt"], hub_key, 6)
    late, _ = stamp(overdue, overdue["acceptedAt"], hub_key, 0)
    delivery = {"body": bodies["certificate-verification-request/valid"].decode(), "stamp": taken}
    write("hub/batch-root.json", root, "batch-root", "Payload of the root that stamps the delivery")
    write("hub/delivery.json", delivery, "delivery", "The question as 420581 gets it")
    write("hub/event.json", {"stamp": late}, "event", "The overdue event as 420581 gets it")
    receipt = {m: taken[m] for m in ("leaf", "index", "path")}
    write("hub/receipts.json", {"receipts": [receipt], "root": taken["root"]}, "receipts.v1", "The same leaf as 330109 gets it")
    write("hub/receipts.invalid.json", {"receipts": [receipt]}, "receipts.v1", "No root: proves nothing", valid=False)
    write("hub/stamp.json", other, "stamp", "A refusal as GET /receipts/{messageId} answers it")
    write("hub/receipts-page.json", {"items": [taken, other], "next": "eyJ0IjoyfQ"}, "receipts-page", "Both receipts of 330109")
    items = [{"cursor": "MQ", **delivery}, {"cursor": "Mg", "stamp": late}, {"cursor": "Mw", "gone": True, "stamp": taken}]
    write("hub/feed-page.json", {"items": items, "next": "Mw", "more": True}, "feed-page", "A delivery, an event, a delivery whose body is no longer kept")
    write("hub/feed-page.invalid.json", {"items": [{"stamp": late}], "next": "Mg"}, "feed-page", "An item without its cursor", valid=False)
    write("hub/time.json", {"now": STAMPED_AT}, "hub-time", "The hub's clock")
    write("hub/problem.json", {"type": "about:blank", "title": "Not found", "status": 404, "code": "ExchangeUnknown", "field": "exchange"}, "problem",
          "No such exchange or not a party to it: one answer")
