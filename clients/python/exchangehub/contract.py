"""The contract's own tables, read from its schemas: which kinds there are, what each header and content may hold, what the hub may say.

Nothing of a kind is written down in this client: a kind that the contract gains is a kind that the client can send and receive."""

import functools
import json
import os
import re

import jsonschema

from .wire import Malformed, require

FOLDER = os.environ.get("EXCHANGEHUB_CONTRACT") or os.path.join(os.path.dirname(os.path.abspath(__file__)), *[".."] * 3, "contracts")

# Never asked for: all schemas are at hand.
BASE = "https://contract.invalid/"


class Kind:
    """One kind in one version, as its two schemas say."""

    def __init__(self, kind, version):
        self.kind, self.version = kind, version
        self.type = f"{kind}.v{version}"
        header = _schemas()[f"header.{self.type}.json"]
        self.members, self.required = set(header["properties"]), set(header["required"])
        self.content = set(_schemas()[f"content.{self.type}.json"]["properties"])

    @property
    def opens(self):
        """Opening messages alone bear the asker's own number."""
        return "caseNumber" in self.members

    @property
    def to_the_hub(self):
        """A message to the hub itself belongs to no exchange, and is signed only."""
        return "exchangeId" not in self.members

    def check(self, header, content):
        """Header and content by their schemas.

        Raises Malformed, which names members and never values."""
        check(f"header.{self.type}", header)
        check(f"content.{self.type}", content)


@functools.cache
def kinds():
    """Every kind of the contract: {name: {version: Kind}}."""
    found = {}
    for name in _schemas():
        if row := re.fullmatch(r"header\.([a-z-]+)\.v([0-9]+)\.json", name):
            found.setdefault(row[1], {})[int(row[2])] = Kind(row[1], int(row[2]))
    return found


def kind(name, taken=()):
    """The newest version of a kind that the receiver takes; version 1 where it has not said what it takes."""
    require(name in kinds(), f"no such kind; there are {', '.join(sorted(kinds()))}")
    versions = kinds()[name]
    fitting = [v for v in versions if not taken and v == 1 or versions[v].type in taken]
    require(fitting, "the receiver takes no version of this kind")
    return versions[max(fitting)]


def beyond(row, content):
    """Members of a content that a newer version of the kind has and this one has not.

    In this version they would be ignored, and something else would be answered than was asked."""
    newer = set().union(*(other.content for other in kinds()[row.kind].values() if other.version > row.version))
    return sorted((newer - row.content) & content.keys())


def members(name, words):
    """Header members of a kind from words `MEMBER=VALUE`: text, whole number or mark (`true`), whichever the member's schema takes."""
    row = kind(name, [k.type for k in kinds().get(name, {}).values()])
    found = {}
    for word in words:
        member, _, text = word.partition("=")
        require(member in row.members, f"{name} has no member of that name; it has {', '.join(sorted(row.members))}")
        forms = [text] + [True] * (text == "true") + ([int(text)] if text.isdigit() else [])
        fitting = [form for form in forms if _validator(f"header.{row.type}", f"#/properties/{member}").is_valid(form)]
        require(fitting, f"{member} has another form, or is not in its list")
        found[member] = fitting[0]
    return found


def takes():
    """What this client tells the hub that it takes."""
    return sorted(row.type for versions in kinds().values() for row in versions.values() if not row.to_the_hub)


def check(schema, value):
    """Holds a value against a schema of the contract. Raises Malformed, which names the place and never a value."""
    wrong = next(_validator(schema).iter_errors(value), None)
    if wrong is not None:
        place = "/" + "/".join(str(step) for step in wrong.absolute_path)
        missing = sorted(set(wrong.validator_value) - set(wrong.instance)) if wrong.validator == "required" else []
        raise Malformed(f"{schema}: {place}: {wrong.validator}" + "".join(f" {name}" for name in missing))


@functools.cache
def _schemas():
    folder = os.path.join(FOLDER, "schemas")
    found = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            found[name] = json.load(file)
    return found


@functools.cache
def _validator(schema, pointer=""):
    here = f"{BASE}{schema}.json"
    resolver = jsonschema.RefResolver(BASE, {}, {BASE + name: other for name, other in _schemas().items()}, handlers={"https": _nowhere})
    return jsonschema.Draft202012Validator({"$ref": here + pointer}, resolver=resolver)


def _nowhere(address):
    raise LookupError(f"{address} is no schema of the contract")
