"""The contract's examples: what is valid opens and proves, what is broken is refused."""

import json
import os

from exchangehub import contract, jose
from exchangehub.registry import Registry
from exchangehub.wire import Malformed, b64u, digest, leaf_hash, parse, path_leads_to, time_of, unb64u

EXAMPLES = os.path.join(contract.FOLDER, "examples")
ACCEPTED_AT = time_of("2026-11-26T02:31:00.000000Z")


def read(name):
    with open(os.path.join(EXAMPLES, name), "rb") as file:
        return file.read()


def key(name):
    return jose.load_key(os.path.join(EXAMPLES, "keys", f"{name}.json"))


def opens(name):
    body = parse(read(name))
    header, signer = body["header"], key(f"{body['header']['from']}.sig")
    of_signer = lambda kid: signer if kid == jose.kid_of(signer) else None  # noqa: E731
    if "signed" in body:
        return jose.open_signed(body["signed"], header, of_signer, ACCEPTED_AT)
    own = key(f"{header['to']}.enc")
    return jose.open_sealed(body["sealed"], header, lambda kid: own if kid == jose.kid_of(own) else None, of_signer, ACCEPTED_AT)


def submitted(kind, name):
    submission = json.loads(read(name))
    contract.check("submission", submission)
    contract.check(f"header.{kind}.v{submission['header']['version']}", submission["header"])


def proves(stamp):
    hub = key("hub")
    _, raw = jose.verify(stamp["root"], "eh-root+jwt", lambda kid: hub if kid == jose.kid_of(hub) else None)
    root = parse(raw)
    path = [unb64u(hash_) for hash_ in stamp["path"]]
    return path_leads_to(leaf_hash(unb64u(stamp["leaf"])), stamp["index"], root["size"], path, unb64u(root["root"]))


def delivery_holds():
    delivery = parse(read("hub/delivery.json"))
    statement = parse(unb64u(delivery["stamp"]["leaf"]))
    return proves(delivery["stamp"]) and digest(delivery["body"].encode("ascii")) == statement["digest"]


def delivery_with_flipped_leaf_fails():
    delivery = parse(read("hub/delivery.json"))
    leaf = bytearray(unb64u(delivery["stamp"]["leaf"]))
    leaf[10] ^= 1
    return not proves({**delivery["stamp"], "leaf": b64u(bytes(leaf))})


def registry_holds():
    answers = {"/registry": "registry/view.json", "/registry/420581/keys": "registry/entry-view.json"}
    registry = Registry("hub.example", jose.public(key("registrar")), {}, lambda path: parse(read(answers[path])), lambda state: None)
    registry.refresh()
    return registry.current("420581", "enc", ACCEPTED_AT)[0].kid == jose.kid_of(key("420581.enc"))


def refuses(action):
    try:
        action()
        return False
    except Malformed:
        return True


def checks():
    for example in json.loads(read("manifest.json"))["examples"]:
        name = example["file"]
        if name.startswith("bytes/") and example["refusals"][0]["code"] == "BodyMalformed":
            yield name, lambda name=name: refuses(lambda: parse(read(name)))
        elif "sealRefusals" in example or "openFails" in example:
            yield name, lambda name=name: refuses(lambda: opens(name))
        elif "content" in example:
            yield name, lambda name=name, content=example["content"]: opens(name) == content
        elif "schemaSees" in example and not name.startswith("bytes/"):
            yield name, lambda name=name, kind=example["kind"], seen=example["schemaSees"]: refuses(lambda: submitted(kind, name)) == seen
        elif "refusals" not in example:
            yield name, lambda name=name, schema=example["schema"], valid=example.get("valid", True): \
                refuses(lambda: contract.check(schema, json.loads(read(name)))) != valid
    yield "hub/delivery.json", delivery_holds
    yield "hub/delivery.json with a flipped leaf", delivery_with_flipped_leaf_fails
    yield "hub/event.json", lambda: proves(parse(read("hub/event.json"))["stamp"])
    yield "registry/view.json", registry_holds
