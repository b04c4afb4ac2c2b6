"""One county at the hub: enrols, asks, verifies receipts, receives in order and opens. Written from the contract alone."""

import hashlib
import hmac
import json
import os
import time
import urllib.error
import urllib.request
import uuid
from datetime import timedelta

import pika

import exchangehub_jose as jose
from exchangehub_registry import Registry
from exchangehub_wire import (
    BODY_MAX, Malformed, b64u, compact, digest, leaf_hash, parse, path_leads_to, require, time_of, time_text, unb64u,
)

TAKES = ["certificate-verification-request.v1", "acknowledgement.v1", "feedback-reply.v1", "return.v1", "withdrawal.v1"]


class County:
    """A folder holds all: `invitation.json`, the keys (made on first use), `state.json`."""

    def __init__(self, folder, broker_password):
        self.folder, self.password = folder, broker_password
        with open(self._file("invitation.json"), encoding="ascii") as file:
            self.invitation = json.load(file)
        self.hub, self.code = self.invitation["hub"], self.invitation["party"]
        self.sig, self.enc = self._key("sig"), self._key("enc")
        self.state = self._load()
        registrar = jose.public_key(self.invitation["registrar"])
        self.registry = Registry(self.hub, registrar, self.state["registry"], self.get)

    # Enrolment

    def enrol(self):
        """Posts the request with the code's MAC: nobody in between can put other keys there."""
        payload = {
            "hub": self.hub, "party": self.code, "suite": "P256",
            "sig": jose.public(self.sig), "enc": jose.public(self.enc), "at": time_text(self.now()),
        }
        request = jose.sign(self.sig, "eh-enrol+jwt", compact(payload))
        mac = hmac.new(self.invitation["code"].encode("ascii"), request.encode("ascii"), hashlib.sha256)
        self._http("POST", "/enrolments", {"request": request, "mac": b64u(mac.digest())}, signed=False)

    def wait_until_registered(self, seconds):
        """Waits for the registrar's signature, then checks that the own entry holds exactly the own two keys."""
        end = time.monotonic() + seconds
        while True:
            self.registry.refresh()
            if self.code in self.registry.parties:
                break
            require(time.monotonic() < end, "not registered in time")
            time.sleep(0.5)
        current = {(r.use, r.kid) for r in self.registry.entry(self.code) if r.valid_at(self.now())}
        require(current == {("sig", jose.kid_of(self.sig)), ("enc", jose.kid_of(self.enc))}, "own entry holds other keys")
        self._save()
        self._http("PUT", "/takes", {"takes": TAKES})

    # Sending

    def ask(self, to, content, **more):
        """Seals a certificate verification request once; what is sent, and sent again, are these bytes."""
        self.registry.refresh()
        now = self.now()
        require(self.registry.age_days(now) < 30, "registry older than 30 days: nothing new is sealed")
        header = {
            "wire": 1, "hub": self.hub, "messageId": str(uuid.uuid4()), "exchangeId": str(uuid.uuid4()),
            "kind": "certificate-verification-request", "version": 1, "from": self.code, "to": to, "sentAt": time_text(now), **more,
        }
        sealed = jose.seal(header, content, self.sig, self.registry.newest_enc(to, now))
        body = compact({"header": header, "sealed": sealed})
        require(len(body) <= BODY_MAX, "body over the limit")
        self.state["outgoing"][header["messageId"]] = {"body": body.decode("ascii"), "header": header}
        self._save()
        return header

    def exchange(self, seconds):
        """Publishes what has no receipt and receives; yields (what, statement, content) as they come."""
        parameters = pika.URLParameters(self.invitation["amqp"])
        parameters.credentials = pika.PlainCredentials(self.code, self.password)
        connection = pika.BlockingConnection(parameters)
        try:
            channel = connection.channel()
            channel.confirm_delivery()
            for outgoing in self.state["outgoing"].values():
                self._publish(channel, outgoing)
            channel.basic_qos(prefetch_count=20)
            end = time.monotonic() + seconds
            for method, properties, raw in channel.consume(f"node.{self.code}", inactivity_timeout=1):
                if method is not None:
                    yield from self.receive(properties.type, raw)
                    channel.basic_ack(method.delivery_tag)
                if time.monotonic() > end:
                    return
        finally:
            connection.close()

    def _publish(self, channel, outgoing):
        header = outgoing["header"]
        type_ = f"{header['kind']}.v{header['version']}"
        properties = pika.BasicProperties(
            message_id=header["messageId"], correlation_id=header["exchangeId"], type=type_, user_id=self.code,
            content_type="application/json", delivery_mode=2,
            headers={"traceparent": f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01"},
        )
        # Raises when the broker does not confirm or cannot route: the message stays outgoing and is sent again.
        channel.basic_publish("hub.submit", f"{type_}.{self.code}", outgoing["body"].encode("ascii"), properties, mandatory=True)

    # Receiving

    def receive(self, type_, raw):
        """All that may arrive in the queue. What is stored is stored before the caller acknowledges."""
        message = parse(raw)
        if type_ == "receipts.v1":
            for receipt in message["receipts"]:
                yield from self._receipt({**receipt, "root": message["root"]})
        else:
            yield from self._deliver(message)
        self._save()

    def _receipt(self, stamp):
        statement = self._statement(stamp)
        require(statement["from"] == self.code, "receipt of another county")
        outgoing = self.state["outgoing"].get(statement["messageId"])
        if outgoing is None:
            return  # a repeat: the same statement again
        require(statement["digest"] == digest(outgoing["body"].encode("ascii")), "receipt for other bytes")
        if statement["what"] != "held":
            del self.state["outgoing"][statement["messageId"]]
        yield statement["what"], statement, None

    def _deliver(self, message):
        """The checks of wire v1 in their order: (a) root and path, (b) digest, (c) seq, (d) seal, (e) seen before."""
        statement = self._statement(message["stamp"])
        require(statement["to"] == self.code, "delivery to another county")
        if statement["what"] == "accepted":
            require(digest(message["body"].encode("ascii")) == statement["digest"], "delivery of other bytes")
            submission = parse(message["body"].encode("ascii"))
            header = submission["header"]
            for member in ("from", "to", "messageId", "exchangeId", "kind", "version"):
                require(header[member] == statement[member], "leaf and body disagree")
        if "exchangeId" in statement and not self._next(statement, message["stamp"]["leaf"]):
            for missed in self._gap(statement):
                yield from self._deliver(missed)
            if not self._next(statement, message["stamp"]["leaf"]):
                return
        if "exchangeId" in statement:
            self.state["seq"].setdefault(statement["exchangeId"], []).append(digest(unb64u(message["stamp"]["leaf"])))
        if statement["what"] == "event":
            yield "event", statement, None
            return
        accepted_at = time_of(statement["acceptedAt"])
        try:
            content = jose.open_sealed(
                submission["sealed"], header,
                lambda kid: self.enc if kid == jose.kid_of(self.enc) else None,
                lambda kid: self.registry.key_at(header["from"], "sig", kid, accepted_at),
                accepted_at,
            )
        except Malformed as reason:
            yield "put aside", statement, str(reason)  # the sender's fault: seq goes on
            return
        seen = f"{header['from']}/{header['messageId']}"
        if seen in self.state["seen"]:
            yield "put aside", statement, "applied before"
            return
        self.state["seen"][seen] = statement["acceptedAt"]
        yield "delivered", {**statement, "header": header}, content

    def _statement(self, stamp):
        """(a): the root's signature by a hub key valid at `at`, the path from leaf to root, our hub."""
        payload = {}

        def hub_key(kid):
            return self.registry.key_at(self.hub, "sig", kid, time_of(payload["at"]))

        # The key is judged at the root's own time, which the signature covers: read first, trusted after.
        payload.update(parse(unb64u(stamp["root"].split(".")[1])))
        _, raw = jose.verify(stamp["root"], "eh-root+jwt", hub_key)
        require(parse(raw) == payload and payload["hub"] == self.hub, "root of another hub")
        leaf, path = unb64u(stamp["leaf"]), [unb64u(hash_) for hash_ in stamp["path"]]
        require(path_leads_to(leaf_hash(leaf), stamp["index"], payload["size"], path, unb64u(payload["root"])), "leaf not under the root")
        statement = parse(leaf)
        require(statement["hub"] == self.hub, "statement of another hub")
        return statement

    def _next(self, statement, leaf):
        """(c): whether this is the next of its exchange. One had already with another leaf is fraud."""
        applied = self.state["seq"].get(statement["exchangeId"], [])
        if statement["seq"] <= len(applied):
            require(applied[statement["seq"] - 1] == digest(unb64u(leaf)), "FRAUD: one seq with two leaves")
            return False
        return statement["seq"] == len(applied) + 1

    def _gap(self, statement):
        first = len(self.state["seq"].get(statement["exchangeId"], [])) + 1
        if first >= statement["seq"]:
            return []
        page = self.get(f"/deliveries?exchange={statement['exchangeId']}&fromSeq={first}")
        return page["items"]

    # HTTP and files

    def now(self):
        """The hub's clock: a demonstration's may differ from ours."""
        if not hasattr(self, "offset"):
            self.offset = time_of(self.get("/time")["now"]).timestamp() - time.time()
        return time_of("1970-01-01T00:00:00.000000Z") + timedelta(seconds=time.time() + self.offset)

    def get(self, path):
        return self._http("GET", path, signed=path.startswith(("/deliveries", "/receipts")))

    def _http(self, method, path, value=None, signed=True):
        headers = {"Content-Type": "application/json"}
        if signed:
            now = int(self.now().timestamp())
            claims = {"iss": self.code, "aud": self.hub, "iat": now, "exp": now + 120, "jti": str(uuid.uuid4())}
            headers["Authorization"] = "Bearer " + jose.sign(self.sig, "eh-http+jwt", compact(claims))
        url = self.invitation["http"].rstrip("/") + "/api/v1" + path
        request = urllib.request.Request(url, None if value is None else compact(value), headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                raw = answer.read()
        except urllib.error.HTTPError as refused:
            problem = json.loads(refused.read() or b"{}")
            raise Malformed(f"{method} {path.split('?')[0]}: {refused.code} {problem.get('code', '')} {problem.get('field', '')}") from None
        return parse(raw, depth=8, body=False) if raw else None

    def _key(self, use):
        path = self._file(f"{use}.json")
        if not os.path.exists(path):
            jose.save_key(path, jose.new_key())
        return jose.load_key(path)

    def _load(self):
        fresh = {"registry": {}, "outgoing": {}, "seq": {}, "seen": {}}
        if not os.path.exists(self._file("state.json")):
            return fresh
        with open(self._file("state.json"), encoding="ascii") as file:
            return {**fresh, **json.load(file)}

    def _save(self):
        beside = self._file("state.json.new")
        with open(beside, "w", encoding="ascii") as file:
            json.dump(self.state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self._file("state.json"))

    def _file(self, name):
        return os.path.join(self.folder, name)
