"""A hub, its registrar and two counties in one hand, for checks: real keys, real seals, real stamps. What is to be wrong, a check breaks itself."""

import json
import os
import tempfile
import uuid
from datetime import timedelta

from jwcrypto import jwe

from exchangehub import jose
from exchangehub.folder import Folder
from exchangehub.receiving import Receiving
from exchangehub.registry import Registry
from exchangehub.sending import Sending
from exchangehub.store import Store
from exchangehub.trust import Trust
from exchangehub.wire import NotNow, b64u, compact, digest, leaf_hash, parse, time_of, time_text, tree_path, tree_root, unb64u

HUB, OURS, THEIRS = "hub.hand", "330109", "420581"
QUESTION = "certificate-verification-request"
NOW = time_of("2026-11-26T02:31:00.000000Z")
CONTENT = {"certificateType": "ResidencePermit", "certificateNumber": "ZJ330109202600418", "holderName": "测试甲",
           "holderId": "420581199003070018", "purpose": "ResidenceRegistration", "legalBasis": "NationalRegulation"}


class HubByHand:
    """Stands where the client has its HTTP calls, too."""

    def __init__(self):
        self.registrar, self.key, self.their_sig, self.their_enc = (jose.new_key() for _ in range(4))
        self.directory = tempfile.TemporaryDirectory()
        with open(os.path.join(self.directory.name, "invitation.json"), "w", encoding="ascii") as file:
            json.dump({"hub": HUB, "party": OURS, "http": "", "amqp": "", "code": "", "registrar": jose.public(self.registrar)}, file)
        self.folder = Folder(self.directory.name)
        self.number, self.feed, self.asked, self.takes, self.time, self.snapshot = 0, [], [], [], NOW, None
        self.records = {
            HUB: [self.record(HUB, "sig", self.key)],
            OURS: [self.record(OURS, use, self.folder.new_key(use)) for use in ("sig", "enc")],
            THEIRS: [self.record(THEIRS, "sig", self.their_sig), self.record(THEIRS, "enc", self.their_enc)],
        }
        self.publish()
        self.open()

    def open(self):
        """The client's parts, from what lies in the folder: as after a restart."""
        self.store = Store(os.path.join(self.directory.name, "state.db"))
        self.registry = Registry(HUB, self.folder.registrar, self.store.get("registry", {}), self.get, lambda state: self.store.put("registry", state))
        self.sending = Sending(self.folder, self.store, self.registry, self)
        self.receiving = Receiving(self.folder, self.store, self.registry, self, Trust(HUB, self.registry), self.sending)
        self.registry.refresh()

    # What the client asks

    def now(self):
        return self.time

    def get(self, path):
        self.asked.append(path)
        if path == "/registry":
            return {"snapshot": self.snapshot, "parties": self.parties, "leaves": [b64u(leaf) for leaf in self.leaves]}
        party = path.split("/")[2]
        if party not in self.parties:
            raise NotNow("404")
        index = self.parties.index(party)
        return {"leaf": b64u(self.entries[party]), "index": index, "path": [b64u(h) for h in tree_path(self.leaves, index)], "root": self.snapshot, "takes": self.takes}

    def get_own(self, path):
        self.asked.append(path)
        if path.startswith("/receipts"):
            return {"items": [], "next": "1"}
        return {"items": [{"cursor": str(n), **item} for n, item in enumerate(self.feed)], "next": str(len(self.feed))}

    # What the registrar signs

    def record(self, party, use, key, since=NOW - timedelta(days=90), until=NOW + timedelta(days=700), by=None):
        role = "hub" if party == HUB else "registrar" if party == "registrar" else "county"
        return jose.sign(by or self.registrar, "eh-key+jwt", compact({
            "hub": HUB, "party": party, "role": role, "use": use, "suite": "P256",
            "jwk": jose.public(key), "from": time_text(since), "until": time_text(until)}))

    def publish(self, number=None, by=None):
        self.number = number or self.number + 1
        self.parties = sorted(self.records)
        self.entries = {party: compact({"party": party, "records": records}) for party, records in self.records.items()}
        self.leaves = [leaf_hash(self.entries[party]) for party in self.parties]
        self.snapshot = jose.sign(by or self.registrar, "eh-registry+jwt", compact({
            "hub": HUB, "number": self.number, "size": len(self.leaves), "root": b64u(tree_root(self.leaves)), "issuedAt": time_text(self.time)}))

    # What the hub says

    def stamp(self, statement, by=None, typ="eh-root+jwt", hub=HUB, at=None):
        """The stamp of a statement that lies in a batch between two others."""
        leaves = [compact({"what": "held", "n": 1}), compact(statement), compact({"what": "held", "n": 2})]
        hashes = [leaf_hash(leaf) for leaf in leaves]
        root = {"hub": hub, "epoch": 1, "batch": str(uuid.uuid4()), "size": 3, "root": b64u(tree_root(hashes)), "at": time_text(at or NOW)}
        return {"leaf": b64u(leaves[1]), "index": 1, "path": [b64u(h) for h in tree_path(hashes, 1)], "root": jose.sign(by or self.key, typ, compact(root))}

    def question(self, exchange=None, signed_by=None, sealed_to=None, **more):
        """The body of a question that the other county asks us."""
        header = {"wire": 1, "hub": HUB, "messageId": str(uuid.uuid4()), "exchangeId": exchange or str(uuid.uuid4()),
                  "kind": QUESTION, "version": 1, "from": THEIRS, "to": OURS, "sentAt": time_text(NOW), **more}
        ours = sealed_to or list(self.folder.keys["enc"].values())[-1]
        return compact({"header": header, "sealed": jose.seal(header, CONTENT, signed_by or self.their_sig, ours)})

    def sealing(self, inner, signed=False):
        """The same with what a sender of ill will seals: bytes of its own as the inner JWS, or as the signed payload of it."""
        body = parse(self.question())
        token = jose.sign(self.their_sig, "eh-message+jwt", inner).encode("ascii") if signed else inner
        key = list(self.folder.keys["enc"].values())[-1]
        protected = {"alg": "ECDH-ES", "enc": "A256GCM", "cty": "JWT", "kid": jose.kid_of(key)}
        return compact({**body, "sealed": jwe.JWE(token, compact(protected).decode(), recipient=key).serialize(compact=True)})

    def accepted(self, body, seq=1, **other):
        header = parse(body)["header"]
        return {"what": "accepted", "hub": HUB, "from": header["from"], "to": header["to"], "messageId": header["messageId"],
                "exchangeId": header["exchangeId"], "kind": header["kind"], "version": header["version"], "digest": digest(body),
                "number": seq, "seq": seq, "acceptedAt": time_text(NOW), **other}

    def event(self, exchange, seq, kind="overdue"):
        return {"what": "event", "hub": HUB, "to": OURS, "eventId": str(uuid.uuid4()), "kind": kind, "version": 1, "acceptedAt": time_text(NOW),
                **({"exchangeId": exchange, "number": seq, "seq": seq} if exchange else {})}

    def delivery(self, body, seq=1, **other):
        return {"body": body.decode("ascii"), "stamp": self.stamp(self.accepted(body, seq, **other))}

    # What the client makes of it

    def take(self, message, type_=f"{QUESTION}.v1"):
        """What was said about a message of the queue: [(what, seq or reason)]."""
        exchange = None
        if "body" in message:
            exchange = json.loads(message["body"])["header"]["exchangeId"] if message["body"].startswith("{\"header\"") else None
        return shown(self.receiving.take(type_, exchange, compact(message)))

    def receipt(self, *stamps):
        return shown(self.receiving.take("receipts.v1", None, compact(
            {"receipts": [{name: stamp[name] for name in ("leaf", "index", "path")} for stamp in stamps], "root": stamps[0]["root"]})))


def ask(hub, **members):
    """Our county asks the other."""
    return hub.sending.send(QUESTION, THEIRS, members=members, content=CONTENT)


def shown(things):
    return [(thing["what"], thing.get("seq", thing.get("reason", ""))) for thing in things]


def flipped(text, place=10):
    """The same b64u with one bit of its bytes changed."""
    raw = bytearray(unb64u(text))
    raw[place] ^= 1
    return b64u(bytes(raw))
