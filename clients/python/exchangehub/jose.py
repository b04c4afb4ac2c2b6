"""Keys, signatures and seals of wire v1, suite P256. The strict header check is ours; the mathematics is jwcrypto's."""

import json
import os

from jwcrypto import jwe, jwk, jws

from .wire import CONTENT_DEPTH, Malformed, compact, parse, require, same_header, time_of, unb64u

PUBLIC = ("kty", "crv", "x", "y")


def new_key():
    return jwk.JWK.generate(kty="EC", crv="P-256")


def load_key(path):
    with open(path, encoding="ascii") as file:
        return jwk.JWK.from_json(file.read())


def save_key(path, key):
    """Readable by its owner alone, and never overwritten."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key.export_private())


def public(key):
    exported = json.loads(key.export_public())
    return {name: exported[name] for name in PUBLIC}


def public_key(members):
    """A JWK from the wire: exactly `kty crv x y`, a point of P-256."""
    require(isinstance(members, dict) and set(members) == set(PUBLIC), "JWK with other members")
    require(members["kty"] == "EC" and members["crv"] == "P-256", "JWK of another suite")
    require(all(isinstance(members[c], str) and len(unb64u(members[c])) == 32 for c in "xy"), "JWK with a bad point")
    try:
        return jwk.JWK(**members)
    except (jwk.InvalidJWKValue, ValueError):
        raise Malformed("JWK with a bad point") from None


def kid_of(key):
    """RFC 7638 thumbprint, SHA-256."""
    return key.thumbprint()


def sign(key, typ, payload):
    token = jws.JWS(payload)
    token.add_signature(key, None, compact({"alg": "ES256", "kid": kid_of(key), "typ": typ}).decode(), None)
    return token.serialize(compact=True)


def verify(token, typ, key_of_kid):
    """Checks the whole protected header, then the signature. Returns (kid, payload bytes)."""
    parts = split(token, 3)
    header = parse(parts[0], 1, body=False)
    require(set(header) == {"alg", "kid", "typ"}, "JWS header with other members")
    require(header["alg"] == "ES256" and header["typ"] == typ, "JWS for another purpose")
    key = key_of_kid(header["kid"]) if isinstance(header["kid"], str) else None
    require(key is not None, "JWS by an unknown key")
    checked = jws.JWS()
    checked.allowed_algs = ["ES256"]
    try:
        checked.deserialize(token)
        checked.verify(key)
    except (jws.InvalidJWSSignature, jws.InvalidJWSObject):
        raise Malformed("JWS with a wrong signature") from None
    return header["kid"], parts[1]


def seal(header, content, signing_key, receiver_key):
    """The nested JWT: signed by the sender, encrypted to the receiver, bound to its header by `hdr`."""
    return encrypt(signed(header, content, signing_key), receiver_key)


def signed(header, content, signing_key):
    """The inner JWS: what is sealed, and what travels as it is in a message to the hub itself."""
    return sign(signing_key, "eh-message+jwt", padded(claims_of(header, content)))


def claims_of(header, content):
    """The claims of the inner JWS; a message to the hub itself is in no exchange and has no `txn`."""
    return {
        "iss": header["from"],
        "aud": header["to"],
        "jti": header["messageId"],
        **({"txn": header["exchangeId"]} if "exchangeId" in header else {}),
        "iat": int(time_of(header["sentAt"]).timestamp()),
        "hdr": header,
        "content": content,
    }


def padded(claims):
    """The payload, filled up to a multiple of 512 bytes, so that sizes tell little."""
    bare = compact({**claims, "pad": ""})
    return compact({**claims, "pad": "0" * (-len(bare) % 512)})


def encrypt(inner, receiver_key):
    protected = {"alg": "ECDH-ES", "enc": "A256GCM", "cty": "JWT", "kid": kid_of(receiver_key)}
    return jwe.JWE(inner.encode("ascii"), compact(protected).decode(), recipient=receiver_key).serialize(compact=True)


def open_sealed(sealed, header, key_of_own_kid, key_of_sender_kid, accepted_at):
    """Check (d): JWE header, open, JWS header, signature, claims, `hdr`, `iat`. Returns the content."""
    parts = split(sealed, 5)
    protected = parse(parts[0], 2, body=False)
    require(set(protected) == {"alg", "enc", "cty", "kid", "epk"}, "JWE header with other members")
    require((protected["alg"], protected["enc"], protected["cty"]) == ("ECDH-ES", "A256GCM", "JWT"), "JWE of another suite")
    require((len(parts[1]), len(parts[2]), len(parts[4])) == (0, 12, 16), "JWE with parts of other sizes")
    public_key(protected["epk"])
    key = key_of_own_kid(protected["kid"])
    require(key is not None, "JWE for an unknown key")
    opened = jwe.JWE(algs=["ECDH-ES", "A256GCM"])
    try:
        opened.deserialize(sealed, key)
    except (jwe.InvalidJWEData, jwe.InvalidJWEOperation):
        raise Malformed("JWE that does not open") from None
    require(opened.payload.isascii(), "JWE of something else than a JWS")
    return open_signed(opened.payload.decode("ascii"), header, key_of_sender_kid, accepted_at)


def open_signed(signed, header, key_of_sender_kid, accepted_at):
    """The inner half of check (d), and all of it for a message to the hub. Returns the content."""
    _, payload = verify(signed, "eh-message+jwt", key_of_sender_kid)
    # hdr lies one deeper than the header, the content one deeper than its own limit.
    claims = parse(payload, CONTENT_DEPTH + 1, body=False)
    require((claims.get("iss"), claims.get("aud")) == (header["from"], header["to"]), "claims of other parties")
    require((claims.get("jti"), claims.get("txn")) == (header["messageId"], header.get("exchangeId")), "claims of another message")
    require(isinstance(claims.get("hdr"), dict) and same_header(claims["hdr"], header), "hdr is not the header")
    require(claims.get("iat") == int(time_of(header["sentAt"]).timestamp()), "iat is not sentAt")
    require(claims["iat"] <= accepted_at.timestamp() + 600, "signed after it was accepted")
    require(isinstance(claims.get("content"), dict), "content is no object")
    return claims["content"]


def split(token, count):
    require(isinstance(token, str) and token.isascii() and token.count(".") == count - 1, "not in compact form")
    return [unb64u(part) for part in token.split(".")]
