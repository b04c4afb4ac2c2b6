"""Whose keys count: the registrar's signed records and numbered snapshot, checked before a key is used."""

from . import contract, jose
from .wire import Malformed, NotNow, b64u, leaf_hash, parse, require, time_of, tree_root, unb64u

WARN_DAYS, STOP_DAYS = 14, 30
# A party's records of several years; deeper than it is wide.
ENTRY_DEPTH = 3


class Fraud(Malformed):
    """What no honest hub or registrar does. The operator must look."""


class Record:
    """One verified key record."""

    def __init__(self, payload):
        self.party, self.role, self.use = payload["party"], payload["role"], payload["use"]
        self.key = jose.public_key(payload["jwk"])
        self.kid = jose.kid_of(self.key)
        self.since, self.until = time_of(payload["from"]), time_of(payload["until"])
        self.revoked = time_of(payload["revokedAt"]) if "revokedAt" in payload else None

    def valid_at(self, at):
        return self.since <= at < self.until and (self.revoked is None or at < self.revoked)


class Registry:
    """The newest snapshot seen, and the entries taken from it.

    `state` is what is kept from run to run; `keep` is called when it changed; `fetch` gives the answer to a path."""

    def __init__(self, hub, registrar, state, fetch, keep):
        self.hub, self.fetch, self.keep = hub, fetch, keep
        self.state = {"number": 0, "root": None, "issuedAt": None, "parties": [], "leaves": [], "entries": {}, "takes": {}, "registrars": [registrar], **state}
        self.records = {}

    @property
    def parties(self):
        return self.state["parties"]

    def refresh(self):
        """Fetches and checks the snapshot. Entries that it no longer covers are forgotten."""
        view = self.fetch("/registry")
        contract.check("registry-view", view)
        registrars = self._registrars_for(view["snapshot"])
        snapshot = self._snapshot(view["snapshot"], registrars)
        parties, leaves = view["parties"], view["leaves"]
        require(snapshot["size"] == len(parties) == len(leaves), "snapshot of another size")
        require(parties == sorted(set(parties)), "parties not sorted")
        require(b64u(tree_root([unb64u(leaf) for leaf in leaves])) == snapshot["root"], "snapshot with another root")
        self._follow(snapshot)
        entries = {party: leaf for party, leaf in self.state["entries"].items() if party in parties and _hash(leaf) == leaves[parties.index(party)]}
        self.records = {party: records for party, records in self.records.items() if entries.get(party) == self.state["entries"].get(party)}
        self.state.update(
            number=snapshot["number"], root=snapshot["root"], issuedAt=snapshot["issuedAt"], parties=parties, leaves=leaves, entries=entries,
            registrars=[jose.public(key) for key in registrars])
        self.keep(self.state)

    def entry(self, party):
        """All verified records of a party that stands in the newest snapshot."""
        if party not in self.records:
            require(party in self.parties, "party not in the registry")
            if party not in self.state["entries"]:
                self._fetch_entry(party)
            self.records[party] = self._read_entry(party, unb64u(self.state["entries"][party]), self._pinned())
        return self.records[party]

    def key_at(self, party, use, kid, at):
        """The key with this kid, valid at this time; an unknown kid is looked for once more in a fresh registry.

        Raises NotNow where the registry that is served does not hold: no message is to blame for that."""
        for again in (False, True):
            if again:
                try:
                    self.refresh()
                except Malformed as reason:
                    raise NotNow(f"the registry that the hub serves does not hold: {reason}") from None
            for record in self.entry(party) if party in self.parties else []:
                if record.use == use and record.kid == kid:
                    return record.key if record.valid_at(at) else None
        return None

    def current(self, party, use, now):
        """Records valid now, the newest first."""
        return sorted((r for r in self.entry(party) if r.use == use and r.valid_at(now)), key=lambda r: r.since, reverse=True)

    def takes(self, party):
        """What the party takes now, which no snapshot says; what it took when last asked while the hub is away."""
        try:
            self._fetch_entry(party)
        except NotNow:
            self.entry(party)
        return self.state["takes"].get(party, [])

    def age_days(self, now):
        return (now - time_of(self.state["issuedAt"])).total_seconds() / 86_400 if self.state["issuedAt"] else STOP_DAYS

    def _follow(self, snapshot):
        require(snapshot["number"] >= self.state["number"], "snapshot with a smaller number")
        if snapshot["number"] == self.state["number"] and snapshot["root"] != self.state["root"]:
            self.state["fraud"] = snapshot["number"]
            self.keep(self.state)
            raise Fraud("two snapshots with one number")

    def _snapshot(self, token, registrars):
        payload = self._signed(token, "eh-registry+jwt", "registry-snapshot", registrars)
        require(payload["hub"] == self.hub, "snapshot of another hub")
        return payload

    def _fetch_entry(self, party):
        # A newer snapshot may have come since: then it is fetched first.
        for again in (False, True):
            if again:
                self.refresh()
            view = self.fetch(f"/registry/{party}/keys")
            contract.check("entry-view", view)
            if party in self.parties and _hash(view["leaf"]) == self.state["leaves"][self.parties.index(party)]:
                self.state["entries"][party], self.state["takes"][party] = view["leaf"], view["takes"]
                self.keep(self.state)
                return
        raise Malformed("entry not in the snapshot")

    def _read_entry(self, party, leaf, registrars):
        entry = parse(leaf, ENTRY_DEPTH)
        contract.check("registry-entry", entry)
        require(entry["party"] == party, "entry of another party")
        return [Record(self._record(token, party, registrars)) for token in entry["records"]]

    def _record(self, token, party, registrars):
        record = self._signed(token, "eh-key+jwt", "key-record", registrars)
        role = "hub" if party.startswith("hub.") else "registrar" if party == "registrar" else "county"
        require((record["hub"], record["party"], record["role"]) == (self.hub, party, role), "record of another party")
        return record

    def _registrars_for(self, snapshot):
        """The pinned registrar keys; a snapshot by another one is believed when records lead from a pinned key to it."""
        known = self._pinned()
        if _kid(snapshot) in [jose.kid_of(key) for key in known]:
            return known
        view = self.fetch("/registry/registrar/keys")
        contract.check("entry-view", view)
        entry = parse(unb64u(view["leaf"]), ENTRY_DEPTH)
        contract.check("registry-entry", entry)
        for token in entry["records"] * len(entry["records"]):  # the first may lead to the second
            if _kid(token) in [jose.kid_of(key) for key in known]:
                key = jose.public_key(self._record(token, "registrar", known)["jwk"])
                if jose.kid_of(key) not in [jose.kid_of(k) for k in known]:
                    known = [*known, key]
        return known

    def _pinned(self):
        return [jose.public_key(members) for members in self.state["registrars"]]

    def _signed(self, token, typ, schema, registrars):
        _, raw = jose.verify(token, typ, lambda kid: next((key for key in registrars if jose.kid_of(key) == kid), None))
        payload = parse(raw)
        contract.check(schema, payload)
        return payload


def _hash(leaf):
    return b64u(leaf_hash(unb64u(leaf)))


def _kid(token):
    return parse(unb64u(token.split(".")[0]), 1, body=False).get("kid")
