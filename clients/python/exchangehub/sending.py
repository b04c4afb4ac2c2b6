"""From a kind, its members and a content to bytes that are kept until the hub's receipt for them is verified."""

import json
import time
import uuid

from . import contract, jose
from .registry import STOP_DAYS, Fraud
from .wire import BODY_MAX, HEADER_MAX, compact, require, shanghai_day, time_text

RESEND_FIRST, RESEND_MAX = 60, 900  # seconds
# The kind of the other side's message that each of these answers; the others answer its opening.
ANSWERS = {"confirmation": "feedback-reply", "dispute": "feedback-reply", "extension-decision": "extension-request", "return-contest": "return"}


class Sending:
    def __init__(self, folder, store, registry, hub):
        self.folder, self.store, self.registry, self.hub = folder, store, registry, hub

    def own_key(self):
        """The newest registered signing key of ours; a registered key that is not in the folder is somebody else's."""
        now = self.hub.now()
        for use in ("sig", "enc"):
            for record in self.registry.current(self.folder.code, use, now):
                if record.kid not in self.folder.keys[use]:
                    raise Fraud("the own registry entry holds a key that is not in this folder")
        keys = self.registry.current(self.folder.code, "sig", now)
        require(keys, "no key of this folder is registered and valid")
        return self.folder.keys["sig"][keys[0].kid]

    def send(self, kind, to=None, exchange=None, members=None, content=None):
        """Seals once and stores. An opening needs `to`; what follows needs the exchange, whose other party it goes to.

        Returns the header. Raises Malformed when the contract does not allow it."""
        ours, theirs = self.store.headers_of(exchange) if exchange else ([], [])
        if exchange:
            require(ours or theirs, "this folder knows no such exchange")
            to = theirs[0]["from"] if theirs else ours[0]["to"]
        header, body = self.build(kind, to, exchange, self._completed(kind, members or {}, ours, theirs), content or {})
        with self.store.transaction():
            self.store.add(header, content or {}, body)
        return header

    def build(self, kind, to, exchange, members, content):
        """The header and the body's bytes. Nothing is stored: what is not stored must not be sent."""
        now = self.hub.now()
        require("fraud" not in self.registry.state, "two snapshots with one number were seen: nothing is sealed until the operator has looked")
        require(self.registry.parties, "no registry yet: enrol first")
        require(self.registry.age_days(now) < STOP_DAYS, "registry older than 30 days: nothing new is sealed")
        signing = self.own_key()
        to = self.folder.hub if contract.kind(kind).to_the_hub else to
        require(to, "to whom?")
        row = contract.kind(kind, () if to == self.folder.hub else self.registry.takes(to))
        header = {"wire": 1, "hub": self.folder.hub, "messageId": str(uuid.uuid4())}
        if not row.to_the_hub:
            require(row.opens != bool(exchange), "an opening makes its own exchange, everything else names one")
            header["exchangeId"] = exchange or str(uuid.uuid4())
        header |= {"kind": kind, "version": row.version, "from": self.folder.code, "to": to, "sentAt": time_text(now), **members}
        row.check(header, content)
        beyond = contract.beyond(row, content)
        require(not beyond, f"the receiver takes no newer version than {row.type}, which has no {', '.join(beyond)}")
        require(len(compact(header)) <= HEADER_MAX, "header over the limit")
        if row.to_the_hub:
            body = compact({"header": header, "signed": jose.signed(header, content, signing)})
        else:
            receivers = self.registry.current(to, "enc", now)
            require(receivers, "the receiver has no current encryption key")
            body = compact({"header": header, "sealed": jose.seal(header, content, signing, receivers[0].key)})
        require(len(body) <= BODY_MAX, "body over the limit")
        return header, body

    def case_number(self):
        """The county's own number for people: code, Shanghai day, running number."""
        day = f"{shanghai_day(self.hub.now()):%Y%m%d}"
        with self.store.transaction():
            number = self.store.get(f"case-{day}", 0) + 1
            self.store.put(f"case-{day}", number)
        return f"{self.folder.code}-{day}-{number:04d}"

    def publish_due(self, broker):
        """Publishes what has waited long enough for a receipt: at once, after 60 s, then at doubling intervals up to 15 minutes."""
        for row in self.store.due(time.time()):
            broker.publish(json.loads(row["header"]), row["body"].encode("ascii"))
            with self.store.transaction():
                self.store.tried(row["message_id"], row["tries"] + 1, time.time() + min(RESEND_FIRST * 2 ** row["tries"], RESEND_MAX))

    def again(self, message_ids=None):
        """What has no receipt is due now."""
        with self.store.transaction():
            for row in self.store.all_outgoing():
                if row["state"] == "waiting" and (message_ids is None or row["message_id"] in message_ids):
                    self.store.tried(row["message_id"], row["tries"], 0)

    def _completed(self, kind, members, ours, theirs):
        """What follows from the exchange itself: the message answered is the other's last one of its kind, a trial stays a trial."""
        require(kind in contract.kinds(), f"no such kind; there are {', '.join(sorted(contract.kinds()))}")
        row = contract.kinds()[kind][max(contract.kinds()[kind])]
        completed = dict(members)
        if "inReplyTo" in row.required and "inReplyTo" not in completed:
            answered = [h["messageId"] for h in theirs if (h["kind"] == ANSWERS[kind] if kind in ANSWERS else contract.kind(h["kind"]).opens)]
            completed |= {"inReplyTo": answered[-1]} if answered else {}
        if any(header.get("test") for header in ours[:1] + theirs[:1]):
            completed.setdefault("test", True)
        return completed
