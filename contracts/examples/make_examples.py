#!/usr/bin/python3
"""Makes the examples anew: real keys, real seals, real trees. Run it after a change of the contract, then look at the diff.

Signatures and seals are random, so every run changes bytes; the keys in keys/ stay. Persons are invented."""

import hashlib
import hmac
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "clients", "python"))

import example_faults  # noqa: E402
import example_seals  # noqa: E402
import exchangehub_jose as jose  # noqa: E402
from exchangehub_wire import b64u, compact, digest, leaf_hash, tree_path, tree_root  # noqa: E402

HUB, ASKER, ASKED = "hub.example", "330109", "420581"
ASKED_AT, REPLIED_AT, TAKEN_AT = "2026-11-24T01:05:00.000000Z", "2026-11-25T02:30:00.000000Z", "2026-11-24T01:05:00.482913Z"
KEYS = {name: jose.load_key(os.path.join(HERE, "keys", f"{name}.json")) for name in (
    "registrar", "hub", f"{ASKER}.sig", f"{ASKER}.enc", f"{ASKED}.sig", f"{ASKED}.enc")}
EXAMPLES = []


def uuid(name):
    raw = hashlib.sha256(name.encode()).hexdigest()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-{raw[20:32]}"


def write(file, raw, schema, why, **more):
    path = os.path.join(HERE, file)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(raw if isinstance(raw, bytes) else compact(raw))
    EXAMPLES.append({"file": file, "schema": schema, "why": why, **more})
    return raw


def header(kind, name, by=ASKER, sent=ASKED_AT, exchange="first", **more):
    return {
        "wire": 1, "hub": HUB, "messageId": uuid(name), "exchangeId": uuid(exchange), "kind": kind, "version": 1,
        "from": by, "to": ASKED if by == ASKER else ASKER, "sentAt": sent, **more,
    }


def submission(head, content):
    sealed = jose.seal(head, content, KEYS[f"{head['from']}.sig"], KEYS[f"{head['to']}.enc"])
    return compact({"header": head, "sealed": sealed})


QUESTION = {
    "certificateType": "ResidencePermit", "certificateNumber": "ZJ330109202600418", "holderName": "测试甲",
    "holderId": "420581199003070018", "issuedOn": "2026-03-02", "validUntil": "2027-03-01",
    "purpose": "ResidenceRegistration", "legalBasis": "NationalRegulation", "note": "证件照片模糊，请核对编号。",
}
SAME = dict.fromkeys(("certificateType", "certificateNumber", "holderName", "holderId", "issuedOn", "validUntil"), "same")
REQUEST, REPLY = uuid("request"), uuid("reply")
VALID = {
    "certificate-verification-request/valid": (
        header("certificate-verification-request", "request", caseNumber="330109-20261124-0418", reasonCode="CertificateDoubtful"),
        QUESTION, "A question with its case number and reason"),
    "certificate-verification-request/valid-smallest": (
        header("certificate-verification-request", "smallest", exchange="second"),
        {m: QUESTION[m] for m in ("certificateType", "certificateNumber", "holderName", "holderId", "purpose", "legalBasis")},
        "The required nine alone"),
    "certificate-verification-request/valid-urgent-follows": (
        header("certificate-verification-request", "urgent", exchange="third", follows=uuid("second"), urgency="urgent", test=True),
        QUESTION, "An urgent trial that follows an earlier exchange"),
    "acknowledgement/valid": (
        header("acknowledgement", "acknowledgement", ASKED, "2026-11-24T02:00:00.000000Z", inReplyTo=REQUEST), {}, "A clerk took it in hand; empty content"),
    "acknowledgement/valid-automatic": (
        header("acknowledgement", "automatic", ASKED, "2026-11-24T02:00:00.000000Z", inReplyTo=REQUEST, automatic=True), {"note": "系统接收"}, "By a named policy"),
    "feedback-reply/valid": (
        header("feedback-reply", "reply", ASKED, REPLIED_AT, inReplyTo=REQUEST, outcome="Match"), {"fields": SAME}, "All agrees: Match has no reason"),
    "feedback-reply/valid-differences": (
        header("feedback-reply", "differences", ASKED, REPLIED_AT, inReplyTo=REQUEST, outcome="MatchWithDifferences", reasonCode="FieldsDiffer"),
        {"fields": {**SAME, "validUntil": "different", "issuedOn": "notAnswered"}, "note": "有效期不一致"}, "Differences with their reason"),
    "feedback-reply/valid-correction": (
        header("feedback-reply", "correction", ASKED, "2026-11-26T02:30:00.000000Z", inReplyTo=REQUEST, supersedes=REPLY,
               outcome="PersonNotFound", reasonCode="NoRecord", changed=True), {"fields": {}}, "Corrects the first reply"),
    "return/valid": (
        header("return", "return", ASKED, REPLIED_AT, exchange="second", inReplyTo=uuid("smallest"), suggestedTo="420506", reasonCode="NotOurs"),
        {"note": "该编号属夷陵区"}, "Another county's; names it"),
    "return/valid-unreadable": (
        header("return", "unreadable", ASKED, REPLIED_AT, exchange="second", inReplyTo=uuid("smallest"), reasonCode="Unreadable", automatic=True),
        {}, "The seal did not open"),
    "withdrawal/valid": (header("withdrawal", "withdrawal", sent=REPLIED_AT, exchange="third"), {}, "Without a reason"),
    "withdrawal/valid-reason": (header("withdrawal", "withdrawal-reason", sent=REPLIED_AT, exchange="third", reasonCode="SentInError"), {}, "With its reason"),
}


def submissions():
    bodies = {}
    for name, (head, content, why) in VALID.items():
        bodies[name] = submission(head, content)
        write(f"submissions/{name}.json", bodies[name], "submission", why, kind=head["kind"], refusals=[], content=content)
        write(f"contents/{name}.json", content, f"content.{head['kind']}.v1", why)
    for kind, name, why, raw, refusals, seen in example_faults.faults(bodies):
        write(f"submissions/{kind}/{name}.json", raw, "submission", why, kind=kind, refusals=refusals, schemaSees=seen)
    for name, why, raw, refusals in example_faults.bytes_faults(bodies["certificate-verification-request/valid"]):
        write(f"bytes/{name}.json", raw, "submission", why, refusals=refusals, schemaSees=False)
    for kind, name, why, content in example_faults.content_faults(QUESTION, SAME):
        write(f"contents/{kind}/{name}.json", content, f"content.{kind}.v1", why, valid=False)
    for name, why, raw in example_seals.malformed(bodies["certificate-verification-request/valid"]):
        write(f"seals/{name}.json", raw, "submission", why, sealRefusals=[{"code": "SealedMalformed", "field": "/sealed"}])
    head, content, _ = VALID["certificate-verification-request/valid"]
    keys = (KEYS[f"{ASKER}.sig"], KEYS[f"{ASKED}.enc"], KEYS["registrar"])
    for name, why, fails, raw in example_seals.unreadable(head, content, *keys):
        write(f"unreadable/{name}.json", raw, "submission", why, openFails=fails)
    return bodies


def stamp(statement, at, index=3, size=7):
    """A batch of seven: ours and six other counties' leaves, of which a receiver sees hashes alone."""
    leaf = compact(statement)
    hashes = [hashlib.sha256(f"another leaf {n}".encode()).digest() for n in range(size)]
    hashes[index] = leaf_hash(leaf)
    root = {"hub": HUB, "epoch": 1, "batch": uuid(f"batch {at}"), "size": size, "root": b64u(tree_root(hashes)), "at": at}
    return {
        "leaf": b64u(leaf), "index": index, "path": [b64u(h) for h in tree_path(hashes, index)],
        "root": jose.sign(KEYS["hub"], "eh-root+jwt", compact(root)),
    }, root


def statements(bodies):
    request = bodies["certificate-verification-request/valid"]
    refused = bodies["withdrawal/valid"]
    second = bodies["return/valid"]
    exchange = uuid("first")
    said = {
        "accepted": {
            "what": "accepted", "hub": HUB, "from": ASKER, "to": ASKED, "messageId": REQUEST, "exchangeId": exchange,
            "kind": "certificate-verification-request", "version": 1, "digest": digest(request), "number": 1, "seq": 1, "acceptedAt": TAKEN_AT,
            "ackDueOn": "2026-11-25", "ackDueAt": "2026-11-25T16:00:00.000000Z", "dueOn": "2026-12-03", "dueAt": "2026-12-03T16:00:00.000000Z"},
        "refused": {
            "what": "refused", "hub": HUB, "from": ASKER, "messageId": uuid("withdrawal"), "digest": digest(refused),
            "refusedAt": "2026-11-25T02:30:00.913004Z", "codes": ["PhaseNotAllowed"], "fields": ["/header/exchangeId"]},
        "held": {
            "what": "held", "hub": HUB, "from": ASKED, "messageId": uuid("return"), "digest": digest(second), "heldAt": "2026-11-25T02:30:01.000250Z"},
        "event.overdue.v1": {
            "what": "event", "hub": HUB, "to": ASKED, "eventId": uuid("overdue"), "kind": "overdue", "version": 1,
            "acceptedAt": "2026-12-03T16:02:00.000000Z", "exchangeId": exchange, "number": 3, "seq": 2,
            "duty": "feedback", "dueAt": "2026-12-03T16:00:00.000000Z"},
        "event.due-change.v1": {
            "what": "event", "hub": HUB, "to": ASKED, "eventId": uuid("due-change"), "kind": "due-change", "version": 1,
            "acceptedAt": "2026-12-03T17:10:00.000000Z", "exchangeId": exchange, "number": 2, "seq": 2,
            "duty": "feedback", "dueOn": "2026-12-03", "dueAt": "2026-12-03T18:10:00.000000Z", "cause": "HubOutage"},
        "event.registry-change.v1": {
            "what": "event", "hub": HUB, "to": ASKED, "eventId": uuid("registry-change"), "kind": "registry-change", "version": 1,
            "acceptedAt": "2026-11-23T01:00:01.000000Z", "snapshot": 7, "directory": 12},
    }
    for name, statement in said.items():
        write(f"statements/{name}.json", statement, f"statement.{name}", "A leaf's exact bytes")
        broken = {m: v for m, v in statement.items() if m not in ("digest", "dueAt", "snapshot")} if name != "accepted" else {**statement, "seq": 0}
        write(f"statements/{name}.invalid.json", broken, f"statement.{name}", "A member that a receiver needs is missing or out of range", valid=False)
    taken, root = stamp(said["accepted"], TAKEN_AT)
    other, _ = stamp(said["refused"], said["refused"]["refusedAt"], 6)
    event, _ = stamp(said["event.overdue.v1"], said["event.overdue.v1"]["acceptedAt"], 0)
    delivery = {"body": request.decode(), "stamp": taken}
    write("hub/batch-root.json", root, "batch-root", "Payload of the root that stamps the delivery")
    write("hub/delivery.json", delivery, "delivery", "The question as 420581 gets it")
    write("hub/event.json", {"stamp": event}, "event", "The overdue event as 420581 gets it")
    receipt = {m: taken[m] for m in ("leaf", "index", "path")}
    write("hub/receipts.json", {"receipts": [receipt], "root": taken["root"]}, "receipts.v1", "The same leaf as 330109 gets it")
    write("hub/receipts.invalid.json", {"receipts": [receipt]}, "receipts.v1", "No root: proves nothing", valid=False)
    write("hub/stamp.json", other, "stamp", "A refusal as GET /receipts/{messageId} answers it")
    write("hub/receipts-page.json", {"items": [taken, other], "next": "eyJ0IjoyfQ"}, "receipts-page", "Both receipts of 330109")
    items = [{"cursor": "MQ", **delivery}, {"cursor": "Mg", "stamp": event}, {"cursor": "Mw", "gone": True, "stamp": taken}]
    write("hub/feed-page.json", {"items": items, "next": "Mw", "more": True}, "feed-page", "A delivery, an event, a delivery whose body is no longer kept")
    write("hub/feed-page.invalid.json", {"items": [{"stamp": event}], "next": "Mg"}, "feed-page", "An item without its cursor", valid=False)
    write("hub/time.json", {"now": TAKEN_AT}, "hub-time", "The hub's clock")
    write("hub/problem.json", {"type": "about:blank", "title": "Not found", "status": 404, "code": "ExchangeUnknown", "field": "exchange"}, "problem",
          "No such exchange or not a party to it: one answer")


def registry():
    def record(party, role, use, key):
        payload = {"hub": HUB, "party": party, "role": role, "use": use, "suite": "P256", "jwk": jose.public(KEYS[key]),
                   "from": "2026-01-01T00:00:00.000000Z", "until": "2028-01-01T00:00:00.000000Z"}
        return payload, jose.sign(KEYS["registrar"], "eh-key+jwt", compact(payload))

    parties = {ASKER: ("county", "sig", "enc"), ASKED: ("county", "sig", "enc"), HUB: ("hub", "sig")}
    entries = {}
    for party, (role, *uses) in parties.items():
        tokens = [record(party, role, use, "hub" if role == "hub" else f"{party}.{use}")[1] for use in uses]
        entries[party] = compact({"party": party, "records": tokens})
    hashes = [leaf_hash(entries[party]) for party in sorted(entries)]
    snapshot = {"hub": HUB, "number": 7, "size": len(hashes), "root": b64u(tree_root(hashes)), "issuedAt": "2026-11-23T01:00:00.000000Z"}
    token = jose.sign(KEYS["registrar"], "eh-registry+jwt", compact(snapshot))
    payload, _ = record(ASKED, "county", "enc", f"{ASKED}.enc")
    write("registry/key-record.json", payload, "key-record", "Payload of a key record")
    write("registry/key-record.invalid.json", {**payload, "jwk": {**payload["jwk"], "kid": "x"}}, "key-record", "A JWK with another member", valid=False)
    write("registry/snapshot.json", snapshot, "registry-snapshot", "Payload of the snapshot")
    write("registry/entry.json", entries[ASKED], "registry-entry", "All records of 420581")
    write("registry/view.json", {"snapshot": token, "parties": sorted(entries), "leaves": [b64u(h) for h in hashes]}, "registry-view", "GET /registry")
    place = sorted(entries).index(ASKED)
    write("registry/entry-view.json", {
        "leaf": b64u(entries[ASKED]), "index": place, "path": [b64u(h) for h in tree_path(hashes, place)], "root": token,
        "takes": [f"{kind}.v1" for kind in sorted({head["kind"] for head, _, _ in VALID.values()})]}, "entry-view", "GET /registry/420581/keys")
    write("registry/update.json", {"entries": [b64u(entries[ASKED])], "snapshot": token}, "registry-update", "PUT /registry")
    write("registry/takes.json", {"takes": ["certificate-verification-request.v1", "feedback-reply.v1"]}, "takes", "PUT /takes")
    write("registry/takes.invalid.json", {"takes": ["feedback-reply"]}, "takes", "A type without its version", valid=False)


def directory():
    details = {"officeHours": "周一至周五 09:00–17:00", "dutyPhone": "0717-0000000", "contact": "示例市流动人口服务科",
               "outages": [{"from": "2026-12-05T14:00:00.000000Z", "to": "2026-12-05T20:00:00.000000Z", "note": "机房检修"}]}
    agreement = {"id": uuid("agreement"), "counties": [ASKER, ASKED], "startsOn": "2026-01-01", "endsOn": "2027-12-31",
                 "kinds": ["certificate-verification-request"], "feedback": "5-working-days", "contacts": {ASKED: "服务科 0717-0000000"}}
    closure = {"status": "Merged", "endedOn": "2026-12-01", "successors": ["330110"]}
    takes = ["certificate-verification-request.v1", "feedback-reply.v1"]
    payload = {"hub": HUB, "epoch": 1, "version": 12, "at": "2026-11-23T01:00:00.500000Z", "snapshot": 7, "counties": [
        {"code": "330103", "name": "下城区", **{m: closure[m] for m in ("status", "endedOn", "successors")}, "takes": [], "suites": []},
        {"code": ASKER, "name": "萧山区", "status": "Active", "takes": takes, "suites": ["P256"]},
        {"code": ASKED, "name": "宜都市", "status": "Active", "takes": takes, "suites": ["P256"], "details": details}],
        "agreements": [agreement], "demandedBy": ["420000"]}
    write("directory/payload.json", payload, "county-directory", "Payload of the directory")
    write("directory/payload.invalid.json", {m: v for m, v in payload.items() if m != "version"}, "county-directory", "No version: nobody could tell it from an older one", valid=False)
    write("directory/view.json", {"directory": jose.sign(KEYS["hub"], "eh-directory+jwt", compact(payload))}, "directory-view", "GET /directory")
    write("directory/details.json", details, "county-details", "PUT /directory/details")
    write("directory/details.invalid.json", {"outages": [{"from": "2026-12-05"}]}, "county-details", "An outage without its end", valid=False)
    write("directory/agreement.json", agreement, "agreement", "One agreement of PUT /agreements")
    write("directory/agreement.invalid.json", {**agreement, "feedback": "soon"}, "agreement", "A term that is none", valid=False)
    write("directory/closure.json", closure, "county-closure", "PUT /directory/330103/closure")


def enrolment():
    invitation = {"hub": HUB, "party": ASKER, "registrar": jose.public(KEYS["registrar"]), "code": "0123456789ABCDEFGHJKMNPQRS",
                  "expiresAt": "2026-12-01T00:00:00.000000Z", "http": "https://hub.example", "amqp": "amqps://hub.example/exchange"}
    payload = {"hub": HUB, "party": ASKER, "suite": "P256", "sig": jose.public(KEYS[f"{ASKER}.sig"]), "enc": jose.public(KEYS[f"{ASKER}.enc"]), "at": "2026-11-23T00:30:00.000000Z"}
    request = jose.sign(KEYS[f"{ASKER}.sig"], "eh-enrol+jwt", compact(payload))
    mac = b64u(hmac.new(invitation["code"].encode(), request.encode(), hashlib.sha256).digest())
    write("enrolment/invitation.json", invitation, "enrolment-invitation", "What the registrar hands over")
    write("enrolment/request.json", payload, "enrolment-request", "Payload of the request")
    write("enrolment/post.json", {"request": request, "mac": mac}, "enrolment", "POST /enrolments")
    write("enrolment/post.invalid.json", {"request": request}, "enrolment", "Neither mac nor endorsement", valid=False)
    endorsement = {"request": digest(request.encode())}
    write("enrolment/endorsement.json", endorsement, "endorsement", "Payload of a rotation's endorsement")
    token = jose.sign(KEYS[f"{ASKER}.sig"], "eh-endorse+jwt", compact(endorsement))
    write("enrolment/rotation.json", {"request": request, "endorsement": token}, "enrolment", "A rotation: endorsed instead of the mac")


if __name__ == "__main__":
    statements(submissions())
    registry()
    directory()
    enrolment()
    with open(os.path.join(HERE, "manifest.json"), "w", encoding="utf-8") as manifest:
        json.dump({"about": "Invented persons with valid check digits; public test keys.", "examples": EXAMPLES}, manifest, ensure_ascii=False, indent=1)
        manifest.write("\n")
    print(f"{len(EXAMPLES)} examples")
