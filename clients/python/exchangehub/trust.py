"""Check (a): what the hub says counts when its leaf lies under a root that the hub signed."""

from . import contract, jose
from .wire import leaf_hash, parse, path_leads_to, require, time_of, unb64u

WHAT = ("accepted", "refused", "held", "event")


class Trust:
    def __init__(self, hub, registry):
        self.hub, self.registry = hub, registry

    def statement(self, stamp):
        """The verified statement of a stamp: hub key valid at the root's `at`, path from leaf to root, our hub.

        Raises Malformed; what does not hold was never said."""
        # The key is judged at the root's own time, which the signature covers: read first, trusted after.
        claimed = parse(jose.split(stamp["root"], 3)[1])
        contract.check("batch-root", claimed)
        at = time_of(claimed["at"])
        jose.verify(stamp["root"], "eh-root+jwt", lambda kid: self.registry.key_at(self.hub, "sig", kid, at))
        require(claimed["hub"] == self.hub, "root of another hub")
        leaf, path = unb64u(stamp["leaf"]), [unb64u(hash_) for hash_ in stamp["path"]]
        require(path_leads_to(leaf_hash(leaf), stamp["index"], claimed["size"], path, unb64u(claimed["root"])), "leaf not under the root")
        statement = parse(leaf)
        contract.check(f"statement.{statement['what']}" if statement.get("what") in WHAT else "statement", statement)
        require(statement["hub"] == self.hub, "statement of another hub")
        return statement
