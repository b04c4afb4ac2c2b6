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
import example_statements  # noqa: E402
from exchangehub import jose  # noqa: E402
from example_messages import ASKED, ASKER, HUB, VALID, uuid  # noqa: E402
from exchangehub.wire import b64u, compact, digest, leaf_hash, tree_path, tree_root  # noqa: E402

KEYS = {name: jose.load_key(os.path.join(HERE, "keys", f"{name}.json")) for name in (
    "registrar", "hub", f"{ASKER}.sig", f"{ASKER}.enc", f"{ASKED}.sig", f"{ASKED}.enc")}
EXAMPLES = []


def write(file, raw, schema, why, **more):
    path = os.path.join(HERE, file)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(raw if isinstance(raw, bytes) else compact(raw))
    EXAMPLES.append({"file": file, "schema": schema, "why": why, **more})
    return raw


def submission(head, content):
    signer = KEYS[f"{head['from']}.sig"]
    if head["to"] == HUB:
        return compact({"header": head, "signed": jose.sign(signer, "eh-message+jwt", jose.padded(jose.claims_of(head, content)))})
    return compact({"header": head, "sealed": jose.seal(head, content, signer, KEYS[f"{head['to']}.enc"])})


def submissions():
    bodies, plain = {}, {}
    for name, (head, content, why) in VALID.items():
        bodies[name] = submission(head, content)
        type_ = f"{head['kind']}.v{head['version']}"
        plain.setdefault(type_, content)
        write(f"submissions/{name}.json", bodies[name], "submission", why, kind=head["kind"], refusals=[], content=content)
        write(f"contents/{name}.json", content, f"content.{type_}", why)
    for kind, name, why, raw, refusals, seen in example_faults.faults(bodies):
        write(f"submissions/{kind}/{name}.json", raw, "submission", why, kind=kind, refusals=refusals, schemaSees=seen)
    for name, why, raw, refusals in example_faults.bytes_faults(bodies["certificate-verification-request/valid"]):
        write(f"bytes/{name}.json", raw, "submission", why, refusals=refusals, schemaSees=False)
    for type_, name, why, content in example_faults.content_faults(plain):
        write(f"contents/{type_.partition('.')[0]}/{name}.json", content, f"content.{type_}", why, valid=False)
    for name, why, raw in example_seals.malformed(bodies["certificate-verification-request/valid"]):
        write(f"seals/{name}.json", raw, "submission", why, sealRefusals=[{"code": "SealedMalformed", "field": "/sealed"}])
    head, content, _ = VALID["certificate-verification-request/valid"]
    keys = (KEYS[f"{ASKER}.sig"], KEYS[f"{ASKED}.enc"], KEYS["registrar"])
    for name, why, fails, raw in example_seals.unreadable(head, content, *keys):
        write(f"unreadable/{name}.json", raw, "submission", why, openFails=fails)
    head, content, _ = VALID["statistics-report/valid"]
    for name, why, fails, raw in example_seals.wrongly_signed(head, content, KEYS[f"{ASKER}.sig"], KEYS["registrar"]):
        write(f"wrongly-signed/{name}.json", raw, "submission", why, openFails=fails, schemaSees=name != "no-jws")
    return bodies


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
        "takes": sorted({f"{head['kind']}.v{head['version']}" for head, _, _ in VALID.values()})}, "entry-view", "GET /registry/420581/keys")
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
    example_statements.statements(submissions(), KEYS["hub"], write)
    registry()
    directory()
    enrolment()
    with open(os.path.join(HERE, "manifest.json"), "w", encoding="utf-8") as manifest:
        json.dump({"about": "Invented persons with valid check digits; public test keys.", "examples": EXAMPLES}, manifest, ensure_ascii=False, indent=1)
        manifest.write("\n")
    print(f"{len(EXAMPLES)} examples")
