"""Joining a hub by a one-time code, and later new keys endorsed by the present one. Either may be repeated after a crash."""

import hashlib
import hmac
import time

from . import contract, jose
from .registry import Fraud
from .wire import b64u, compact, digest, time_text

LOOK_SECONDS = 1


class Enrolment:
    def __init__(self, folder, store, registry, hub, sending):
        self.folder, self.store, self.registry, self.hub, self.sending = folder, store, registry, hub, sending

    def enrol(self, seconds):
        """Posts the request with the code's MAC: nobody in between can put other keys there. True when registered in time."""
        self.registry.refresh()
        if not self._registered(self._asked("enrol")):
            request = self._request("enrol")
            mac = hmac.new(self.folder.once.encode("ascii"), request.encode("ascii"), hashlib.sha256)
            self.hub.call("POST", "/enrolments", {"request": request, "mac": b64u(mac.digest())})
            yield {"what": "requested", "party": self.folder.code}
            if not self._wait("enrol", seconds):
                return
            now = self.hub.now()
            current = {record.kid for use in ("sig", "enc") for record in self.registry.current(self.folder.code, use, now)}
            if current != set(self._asked("enrol").values()):
                raise Fraud("the own registry entry holds other keys than the two that were asked for")
        self.say_takes()
        yield {"what": "registered", "party": self.folder.code, "snapshot": self.registry.state["number"], "takes": contract.takes()}

    def say_takes(self):
        """Which kinds and versions this client takes: once, and again when its contract has got another one."""
        if self.folder.code in self.registry.parties and self.store.get("takes", []) != contract.takes():
            self.hub.call("PUT", "/takes", {"takes": contract.takes()}, token=self.hub.token())
            with self.store.transaction():
                self.store.put("takes", contract.takes())

    def rotate(self, seconds):
        """Two new keys, endorsed by the present one. The old ones stay: what is sealed to them must open for 30 days more."""
        self.registry.refresh()
        current = self.sending.own_key()
        if self._asked("rotate") and self._registered(self._asked("rotate")):
            with self.store.transaction():
                self.store.put("rotate", {})  # the last rotation has come to its end
        request = self._request("rotate")
        endorsement = jose.sign(current, "eh-endorse+jwt", compact({"request": digest(request.encode("ascii"))}))
        self.hub.call("POST", "/enrolments", {"request": request, "endorsement": endorsement})
        yield {"what": "requested", "party": self.folder.code}
        if self._wait("rotate", seconds):
            self.sending.own_key()
            yield {"what": "rotated", "party": self.folder.code, "snapshot": self.registry.state["number"], **self._asked("rotate")}

    def _asked(self, step):
        return self.store.get(step, {})

    def _request(self, step):
        """Signed by the new signing key. Asked again, the keys are the same."""
        asked = self._asked(step)
        if not asked:
            asked = {use: jose.kid_of(self.folder.new_key(use)) for use in ("sig", "enc")}
            with self.store.transaction():
                self.store.put(step, asked)
        sig, enc = self.folder.keys["sig"][asked["sig"]], self.folder.keys["enc"][asked["enc"]]
        return jose.sign(sig, "eh-enrol+jwt", compact({
            "hub": self.folder.hub, "party": self.folder.code, "suite": "P256",
            "sig": jose.public(sig), "enc": jose.public(enc), "at": time_text(self.hub.now()),
        }))

    def _registered(self, asked):
        if not asked or self.folder.code not in self.registry.parties:
            return False
        return set(asked.values()) <= {record.kid for record in self.registry.entry(self.folder.code)}

    def _wait(self, step, seconds):
        end = time.monotonic() + seconds
        while True:
            self.registry.refresh()
            if self._registered(self._asked(step)):
                return True
            if time.monotonic() > end:
                return False
            time.sleep(LOOK_SECONDS)
