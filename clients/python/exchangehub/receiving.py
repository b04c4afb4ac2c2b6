"""What comes from the hub: checked in the contract's order (a) to (e), applied by `seq`, stored before anybody acknowledges.

Everything is yielded as one thing said: a dictionary whose `what` is `accepted`, `refused`, `held` (receipts), `delivered`, `event`,
`put aside` (the sender's fault), `fault` (the hub's: not applied, fetched again) or `fraud`."""

import json
import sqlite3

from . import contract, jose
from .registry import Fraud
from .wire import DELIVERY_MAX, UUID, Malformed, NotNow, digest, parse, require, time_of, unb64u

SAME_IN_LEAF_AND_BODY = ("from", "to", "messageId", "exchangeId", "kind", "version")


class Missing(Malformed):
    """A `seq` is missing, and the hub does not give it."""


class Receiving:
    def __init__(self, folder, store, registry, hub, trust, sending):
        self.folder, self.store, self.registry = folder, store, registry
        self.hub, self.trust, self.sending = hub, trust, sending

    def take(self, type_, exchange, raw):
        """One message of the queue; when this has ended it may be acknowledged. NotNow: it may not."""
        try:
            require(len(raw) <= DELIVERY_MAX, "over the limit")
            message = parse(raw)
            if type_ == "receipts.v1":
                contract.check("receipts.v1", message)
                for receipt in message["receipts"]:
                    yield from self.receipt({**receipt, "root": message["root"]})
            else:
                yield from self._apply(message)
        except Malformed as reason:
            yield wrong(reason)
            # What did not hold was never said: its exchange is known by the envelope alone, and asked for once more.
            if not isinstance(reason, (Missing, Fraud)) and type_ != "receipts.v1" and isinstance(exchange, str) and UUID.fullmatch(exchange):
                yield from self.fetch(exchange)

    def receipt(self, stamp):
        """(a) and `digest`. A statement that fails is no receipt: the message stays outgoing."""
        try:
            statement = self.trust.statement(stamp)
            require(statement["what"] != "event" and statement["from"] == self.folder.code, "receipt of another county")
            row = self.store.outgoing(statement["messageId"])
            if row is None:
                yield said("unknown receipt", statement)  # of a message that this folder has lost, or never had
                return
            require(statement["digest"] == digest(row["body"].encode("ascii")), "receipt for other bytes")
        except Malformed as reason:
            yield wrong(reason)
            return
        if row["state"] in ("waiting", "held") and row["state"] != statement["what"]:
            with self.store.transaction():
                self.store.answered(statement["messageId"], statement)
            yield said(statement["what"], statement, kind=json.loads(row["header"])["kind"])

    def fetch(self, exchange, seq=0):
        """All of one exchange from the first missing `seq` on, over HTTP; `seq` is known to exist. What is missing still then stays owed."""
        with self.store.transaction():
            self.store.owe(exchange, seq)
        whole = True
        while True:
            first = self.store.last_seq(exchange) + 1
            page = self.hub.get_own(f"/deliveries?exchange={exchange}&fromSeq={first}")
            contract.check("feed-page", page)
            for item in page["items"]:
                try:
                    yield from self._apply(item, fetched=True)
                except Malformed as reason:
                    whole = False
                    yield wrong(reason)
            if self.store.last_seq(exchange) < first:
                break  # nothing new
        if whole:
            with self.store.transaction():
                self.store.paid(exchange)

    def fetch_owed(self):
        for exchange in self.store.owed():
            yield from self.fetch(exchange)

    def heal(self):
        """The whole feed and all receipts since the last time: after a lost queue, or a folder restored from an older copy."""
        cursors = self.store.get("cursors", {"deliveries": "", "receipts": ""})
        for feed, schema, each in (("deliveries", "feed-page", self._apply), ("receipts", "receipts-page", self.receipt)):
            while True:
                page = self.hub.get_own(f"/{feed}" + (f"?after={cursors[feed]}" if cursors[feed] else ""))
                contract.check(schema, page)
                whole = True
                for item in page["items"]:
                    try:
                        for one in each(item):
                            whole = whole and one["what"] not in ("fault", "fraud")
                            yield one
                    except Malformed as reason:
                        whole = False
                        yield wrong(reason)
                if not whole:
                    break  # the cursor stays: the same page again next time
                cursors[feed] = page["next"]
                with self.store.transaction():
                    self.store.put("cursors", cursors)
                if not page.get("more"):
                    break

    def _apply(self, message, fetched=False):
        """(a) to (e) of one delivery or event. Malformed: (a), (b) or (c) failed, nothing was applied, `seq` stays."""
        contract.check("delivery" if "body" in message else "event", message)
        statement, leaf = self.trust.statement(message["stamp"]), _leaf(message["stamp"])
        require(statement["what"] in ("accepted", "event") and statement["to"] == self.folder.code, "delivery to another county")
        submission = self._submission(message, statement) if statement["what"] == "accepted" else None
        if "exchangeId" not in statement:
            with self.store.transaction():
                new = self.store.tell(statement)
            if new:
                yield said("event", statement)
            return
        require("seq" in statement, "event of an exchange without its seq")
        if not fetched and statement["seq"] > self.store.last_seq(statement["exchangeId"]) + 1:
            yield from self.fetch(statement["exchangeId"], statement["seq"])
        if self._had(statement, leaf):
            return
        header, content, aside = self._opened(submission, statement) if submission is not None or message.get("gone") else (None, None, None)
        answer = self._unreadable(header) if aside == "unreadable" else None
        yield from self._store(statement, leaf, header, content, aside, answer)

    def _submission(self, message, statement):
        """(b): the digest covers the bytes of the body as it travelled; leaf and body agree."""
        if message.get("gone"):
            return None
        require("body" in message, "delivery without a body")
        raw = message["body"].encode("utf-8", "surrogatepass")
        require(digest(raw) == statement["digest"], "delivery of other bytes")
        submission = parse(raw)
        header = submission.get("header")
        require(isinstance(header, dict) and isinstance(submission.get("sealed"), str), "body with other members")
        for member in SAME_IN_LEAF_AND_BODY:
            require(type(header.get(member)) is type(statement[member]) and header[member] == statement[member], "leaf and body disagree")
        return submission

    def _had(self, statement, leaf):
        """(c): whether this `seq` is taken. With another leaf that is fraud; a gap that the hub does not fill is its fault."""
        known = self.store.leaf_at(statement["exchangeId"], statement["seq"])
        if known is not None and known != leaf:
            raise Fraud("one seq with two leaves")
        if known is None and statement["seq"] != self.store.last_seq(statement["exchangeId"]) + 1:
            raise Missing("a seq is missing, and the hub does not give it")
        return known is not None

    def _opened(self, submission, statement):
        """(d): opens with whichever own key it is sealed to; the signer's key is judged at `acceptedAt`."""
        if submission is None:
            return None, None, "body no longer kept"
        header, accepted_at = submission["header"], time_of(statement["acceptedAt"])
        self._require_own_key(submission["sealed"])
        try:
            content = jose.open_sealed(
                submission["sealed"], header,
                self.folder.keys["enc"].get,
                lambda kid: self.registry.key_at(header["from"], "sig", kid, accepted_at),
                accepted_at,
            )
        except Malformed as reason:
            return header, {"reason": str(reason)}, "unreadable"
        if self.store.applied(header["from"], header["messageId"]):  # (e)
            return None, None, "applied before"
        return header, content, None

    def _require_own_key(self, sealed):
        """A key that our entry holds and our folder lacks is our fault, not the sender's: nothing is judged without it."""
        try:
            kid = parse(jose.split(sealed, 5)[0], 2, body=False).get("kid")
        except Malformed:
            return
        if kid in self.folder.keys["enc"]:
            return
        try:
            self.registry.refresh()
            own = self.registry.entry(self.folder.code)
        except Malformed as reason:
            raise NotNow(f"the registry that the hub serves does not hold: {reason}") from None
        if any(record.kid == kid and record.use == "enc" and record.revoked is None for record in own):
            raise NotNow("the folder lacks a key that the own registry entry holds")

    def _unreadable(self, header):
        """A question or notice that does not open is returned, a reply disputed where the contract has that; else people must talk."""
        versions = contract.kinds().get(header["kind"], {})
        row = versions.get(header["version"])
        kind = "return" if row is not None and row.opens else "dispute" if header["kind"] == "feedback-reply" and "dispute" in contract.kinds() else None
        if kind is None:
            return None
        members = {"inReplyTo": header["messageId"], "reasonCode": "Unreadable", "automatic": True, **({"test": True} if header.get("test") is True else {})}
        try:
            return self.sending.build(kind, header["from"], header["exchangeId"], members, {})
        except (Malformed, NotNow):
            return None

    def _store(self, statement, leaf, header, content, aside, answer):
        reason = content["reason"] if aside == "unreadable" else aside
        try:
            with self.store.transaction():
                if self._had(statement, leaf):
                    return  # another process of this county was faster
                self.store.take(statement, leaf, None if aside else header, None if aside else content, reason)
                if answer is not None:
                    self.store.add(answer[0], {}, answer[1])
        except sqlite3.IntegrityError:
            raise Malformed("applied before, by another process") from None
        if aside:
            more = {"reason": reason, **({"answer": answer[0]["kind"], "answerId": answer[0]["messageId"]} if answer else {})}
            yield said("put aside", statement, **more)
        elif statement["what"] == "event":
            yield said("event", statement)
        else:
            yield said("delivered", statement, header=header, content=content)


SHOWN = ("exchangeId", "messageId", "kind", "from", "number", "seq", "acceptedAt", "refusedAt", "heldAt", "ackDueOn", "ackDueAt", "dueOn", "dueAt",
         "duePending", "duty", "cause", "outcome", "codes", "fields", "snapshot", "bulletin", "test")


def said(what, statement=None, **more):
    return {"what": what, **{name: statement[name] for name in SHOWN if statement and name in statement}, **more}


def wrong(reason):
    return said("fraud" if isinstance(reason, Fraud) else "fault", reason=str(reason))


def _leaf(stamp):
    return digest(unb64u(stamp["leaf"]))
