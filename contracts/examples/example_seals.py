"""What can be wrong with a seal: what the hub sees of it, what only the receiver can see, and a report that is signed wrongly. Used by make_examples.py."""

import json

from exchangehub import jose
from exchangehub.wire import b64u, compact, time_of, unb64u


def malformed(valid):
    """Yields (name, why, body): refused by the hub with SealedMalformed /sealed."""
    body = json.loads(valid)
    parts = body["sealed"].split(".")
    header = json.loads(unb64u(parts[0]))

    def with_header(**more):
        return ".".join([b64u(compact({m: v for m, v in {**header, **more}.items() if v is not None})), *parts[1:]])

    seals = {
        "no-jwe": ("No token at all", "sealed"),
        "empty": ("Nothing", ""),
        "four-parts": ("A part is missing", ".".join(parts[:4])),
        "signed-only": ("A JWS is no JWE", ".".join([parts[0], parts[3], parts[4]])),
        "key-part-not-empty": ("ECDH-ES has no encrypted key", ".".join([parts[0], "AAAA", *parts[2:]])),
        "iv-of-16-bytes": ("The IV has 12 bytes", ".".join([*parts[:2], b64u(bytes(16)), *parts[3:]])),
        "tag-of-12-bytes": ("The tag has 16 bytes", ".".join([*parts[:4], b64u(bytes(12))])),
        "padded": ("base64url with =", body["sealed"] + "=="),
        "unused-bits": ("base64url with unused bits set", ".".join([*parts[:4], b64u(bytes(16))[:-1] + "B"])),
        "another-alg": ("ECDH-ES with key wrap", with_header(alg="ECDH-ES+A256KW")),
        "another-enc": ("AES-128", with_header(enc="A128GCM")),
        "no-cty": ("`cty` is missing", with_header(cty=None)),
        "no-kid": ("`kid` is missing", with_header(kid=None)),
        "with-zip": ("Compressed", with_header(zip="DEF")),
        "with-crit": ("A critical extension", with_header(crit=["exp"])),
        "with-apu": ("Agreement information", with_header(apu="MzMwMTA5")),
        "with-typ": ("A type", with_header(typ="JWT")),
        "epk-with-kid": ("The ephemeral key has exactly four members", with_header(epk={**header["epk"], "kid": "x"})),
        "epk-on-another-curve": ("The ephemeral key is on P-256", with_header(epk={**header["epk"], "crv": "P-384"})),
        "duplicate-kid": ("A header member twice", ".".join([b64u(compact(header).replace(b'"alg"', b'"kid":"x","alg"')), *parts[1:]])),
    }
    for name, (why, sealed) in seals.items():
        yield name, why, compact({"header": body["header"], "sealed": sealed})


def unreadable(head, content, signer, receiver, stranger):
    """Yields (name, why, how it fails, body): accepted by the hub, which cannot see it; put aside by the receiver."""
    whole = jose.claims_of(head, content)
    later = int(time_of(head["sentAt"]).timestamp()) + 1

    def sealed(claims=None, typ="eh-message+jwt", by=signer, raw=None):
        inner = jose.sign(by, typ, raw or jose.padded({**whole, **(claims or {})}))
        return jose.encrypt(inner, receiver)

    def changed(token, part):
        parts = token.split(".")
        raw = bytearray(unb64u(parts[part]))
        raw[len(raw) // 2] ^= 1
        return ".".join([*parts[:part], b64u(bytes(raw)), *parts[part + 1:]])

    inner = jose.sign(signer, "eh-message+jwt", jose.padded(whole))
    twice = jose.padded(whole).replace(b'"content":', b'"content":{},"content":')
    other = "0f8b2c1a-1111-4222-8333-444455556666"
    rows = {
        "flipped-bit": ("A bit of the ciphertext is flipped", "CannotDecrypt", changed(sealed(), 3)),
        "sealed-to-a-stranger": ("Sealed to another key", "KeyNotOurs", jose.encrypt(inner, stranger)),
        "another-purpose": ("Signed as a bearer token", "InnerMalformed", sealed(typ="eh-http+jwt")),
        "signed-by-a-stranger": ("Signed by a key that is not the sender's", "SignerUnknown", sealed(by=stranger)),
        "wrong-signature": ("The signature is of other claims", "SignatureWrong", jose.encrypt(changed(inner, 2), receiver)),
        "claim-twice": ("A claim twice", "ClaimsWrong", sealed(raw=twice)),
        "another-issuer": ("`iss` is not `from`", "ClaimsWrong", sealed({"iss": head["to"]})),
        "another-audience": ("`aud` is not `to`", "ClaimsWrong", sealed({"aud": head["from"]})),
        "audience-as-list": ("`aud` is a string", "ClaimsWrong", sealed({"aud": [head["to"]]})),
        "another-message": ("`jti` is not `messageId`", "ClaimsWrong", sealed({"jti": other})),
        "another-exchange": ("`txn` is not `exchangeId`", "ClaimsWrong", sealed({"txn": other})),
        "another-time": ("`iat` is not `sentAt`", "ClaimsWrong", sealed({"iat": later})),
        "content-as-list": ("The content is an object", "ClaimsWrong", sealed({"content": [content]})),
        "header-exchanged": ("`hdr` is another header", "HeaderDiffers", sealed({"hdr": {**head, "urgency": "urgent"}})),
        "header-shorter": ("`hdr` lacks a member", "HeaderDiffers", sealed({"hdr": {m: v for m, v in head.items() if m != "reasonCode"}})),
        "header-of-another-type": ("`hdr` has a number as text", "HeaderDiffers", sealed({"hdr": {**head, "version": "1"}})),
    }
    for name, (why, fails, token) in rows.items():
        yield name, why, fails, compact({"header": head, "sealed": token})


def wrongly_signed(head, content, signer, stranger):
    """Yields (name, why, how it fails, body): reports that the hub refuses with SealedMalformed /signed."""
    whole = jose.claims_of(head, content)

    def signed(claims=None, typ="eh-message+jwt", by=signer):
        return jose.sign(by, typ, jose.padded({**whole, **(claims or {})}))

    rows = {
        "no-jws": ("No token at all", "InnerMalformed", "signed"),
        "another-purpose": ("Signed as a bearer token", "InnerMalformed", signed(typ="eh-http+jwt")),
        "signed-by-a-stranger": ("Signed by a key that is not the sender's", "SignerUnknown", signed(by=stranger)),
        "wrong-signature": ("The signature is of other claims", "SignatureWrong",
                            ".".join([*signed().split(".")[:2], signed({"iat": 0}).split(".")[2]])),
        "with-exchange": ("`txn` in no exchange", "ClaimsWrong", signed({"txn": "0f8b2c1a-1111-4222-8333-444455556666"})),
        "to-a-county": ("`aud` is not the hub", "ClaimsWrong", signed({"aud": "420581"})),
        "header-exchanged": ("`hdr` is another header", "HeaderDiffers", signed({"hdr": {**head, "test": True}})),
    }
    for name, (why, fails, token) in rows.items():
        yield name, why, fails, compact({"header": head, "signed": token})
