"""Whose keys count: the registrar's signed records and numbered snapshot, checked before a key is used."""

from exchangehub_jose import kid_of, public_key, verify
from exchangehub_wire import b64u, leaf_hash, parse, path_leads_to, require, time_of, tree_root, unb64u


class Record:
    """One verified key record."""

    def __init__(self, payload):
        self.party, self.role, self.use = payload["party"], payload["role"], payload["use"]
        self.key = public_key(payload["jwk"])
        self.kid = kid_of(self.key)
        self.since, self.until = time_of(payload["from"]), time_of(payload["until"])
        self.revoked = time_of(payload["revokedAt"]) if "revokedAt" in payload else None

    def valid_at(self, at):
        return self.since <= at < self.until and (self.revoked is None or at < self.revoked)


class Registry:
    """The newest snapshot seen, and the entries taken from it. `state` is kept by the caller from run to run."""

    def __init__(self, hub, registrar, state, fetch):
        self.hub, self.registrar, self.fetch = hub, registrar, fetch
        self.state = state  # {"number", "root"} of the newest snapshot that was accepted
        self.records, self.parties, self.leaves, self.takes = {}, [], [], {}

    def refresh(self):
        """Fetches and checks the snapshot. Entries that it no longer covers are forgotten."""
        view = self.fetch("/registry")
        payload = self._snapshot(view["snapshot"])
        parties, leaves = view["parties"], [unb64u(leaf) for leaf in view["leaves"]]
        require(payload["size"] == len(parties) == len(leaves), "snapshot of another size")
        require(parties == sorted(set(parties)), "parties not sorted")
        require(b64u(tree_root(leaves)) == payload["root"], "snapshot with another root")
        self._accept(payload)
        if leaves != self.leaves:
            self.records = {}
        self.parties, self.leaves = parties, leaves

    def entry(self, party):
        """All verified records of a party that stands in the newest snapshot."""
        if party not in self.records:
            require(party in self.parties, "party not in the registry")
            self.records[party] = self._fetched(party)
        return self.records[party]

    def key_at(self, party, use, kid, at):
        """The key with this kid, valid at this time; an unknown kid is looked for once more in a fresh registry."""
        for again in (False, True):
            if again:
                self.refresh()
            for record in self.entry(party) if party in self.parties else []:
                if record.use == use and record.kid == kid and record.valid_at(at):
                    return record.key
        return None

    def newest_enc(self, party, now):
        valid = [r for r in self.entry(party) if r.use == "enc" and r.valid_at(now)]
        require(valid, "no current encryption key")
        return max(valid, key=lambda record: record.since).key

    def age_days(self, now):
        return (now - time_of(self.state["issuedAt"])).total_seconds() / 86_400

    def _snapshot(self, token):
        _, raw = verify(token, "eh-registry+jwt", self._registrar_key)
        payload = parse(raw)
        require(payload["hub"] == self.hub, "snapshot of another hub")
        return payload

    def _accept(self, payload):
        seen = self.state.get("number", 0)
        require(payload["number"] >= seen, "snapshot with a smaller number")
        require(payload["number"] > seen or payload["root"] == self.state["root"], "FRAUD: two snapshots with one number")
        self.state.update(number=payload["number"], root=payload["root"], issuedAt=payload["issuedAt"])

    def _fetched(self, party):
        view = self.fetch(f"/registry/{party}/keys")
        payload, leaf = self._snapshot(view["root"]), unb64u(view["leaf"])
        if payload["number"] > self.state["number"]:
            self.refresh()
        require((payload["number"], payload["root"]) == (self.state["number"], self.state["root"]), "entry of another snapshot")
        path = [unb64u(hash_) for hash_ in view["path"]]
        require(path_leads_to(leaf_hash(leaf), view["index"], payload["size"], path, unb64u(payload["root"])), "entry not in the snapshot")
        entry = parse(leaf)
        require(entry["party"] == party, "entry of another party")
        self.takes[party] = view["takes"]
        records = []
        for token in entry["records"]:
            _, raw = verify(token, "eh-key+jwt", self._registrar_key)
            record = parse(raw)
            require((record["hub"], record["party"], record["suite"]) == (self.hub, party, "P256"), "record of another party")
            require(record["role"] == ("hub" if party.startswith("hub.") else "county"), "record of another role")
            records.append(Record(record))
        return records

    def _registrar_key(self, kid):
        return self.registrar if kid == kid_of(self.registrar) else None
