"""What can be wrong with a submission, by kind: each fault with the refusals it gets. Used by make_examples.py."""

import json

from exchangehub_wire import compact

ABSENT = object()


def faults(bodies):
    """Yields (kind, name, why, raw, refusals, whether a JSON Schema can see it)."""
    for kind, rows in BY_KIND.items():
        for name, why, changes, refusals, *unseen in rows:
            body = json.loads(bodies[f"{kind}/valid"])
            for member, value in changes.items():
                place = body if member.startswith("/") else body["header"]
                member = member.lstrip("/")
                if value is ABSENT:
                    del place[member]
                else:
                    place[member] = value
            yield kind, name, why, compact(body), [{"code": c, "field": f} for c, f in refusals], not unseen


def bytes_faults(valid):
    """Rules on bytes, which a schema never sees."""
    malformed = [{"code": "BodyMalformed", "field": ""}]
    rows = {
        "duplicate-member": ("A member twice", valid.replace(b'"wire":1,', b'"wire":1,"wire":1,')),
        "duplicate-member-escaped": ("A member twice, once in escapes", valid.replace(b'"wire":1,', b'"wire":1,"\\u0077ire":1,')),
        "too-deep": ("Depth five", valid.replace(b'"wire":1,', b'"wire":1,"a":[{"b":[1]}],')),
        "byte-order-mark": ("Begins with a byte order mark", b"\xef\xbb\xbf" + valid),
        "not-ascii": ("A letter that is not ASCII, unescaped", valid.replace(b"0418", "0418é".encode())),
        "null": ("A member null instead of absent", valid.replace(b'"wire":1,', b'"wire":1,"urgency":null,')),
        "false": ("A mark false instead of absent", valid.replace(b'"wire":1,', b'"wire":1,"test":false,')),
        "fraction": ("An integer with a fraction", valid.replace(b'"wire":1,', b'"wire":1.0,')),
        "sign": ("An integer with a sign", valid.replace(b'"wire":1,', b'"wire":-1,')),
        "exponent": ("An integer with an exponent", valid.replace(b'"wire":1,', b'"wire":1e0,')),
        "half-surrogate": ("Half of a surrogate pair", valid.replace(b"-0418", b"-\\ud800")),
        "half-surrogate-name": ("Half of a surrogate pair in a name", valid.replace(b'"wire":1,', b'"wire":1,"\\ud800":1,')),
        "trailing-comma": ("A comma too many", valid[:-1] + b",}"),
        "comment": ("A comment", b"/* */" + valid),
        "two-objects": ("Something after the object", valid + b"{}"),
        "array": ("No object", b"[" + valid + b"]"),
        "empty": ("Nothing", b""),
        "cut-off": ("Cut off", valid[:-40]),
    }
    for name, (why, raw) in rows.items():
        yield name, why, raw, malformed
    wide = valid.replace(b'{"wire"', b"{" + b" " * 4096 + b'"wire"')
    yield "header-too-large", "A header of more than 4,096 bytes", wide, [{"code": "TooLarge", "field": "/header"}]


def content_faults(question, same):
    """Contents are sealed: the hub sees none of these, the receiver does."""
    without = {m: v for m, v in question.items() if m != "holderId"}
    yield "certificate-verification-request", "no-holder-id", "The holder's number is missing", without
    yield "certificate-verification-request", "unknown-type", "A certificate type of no list", {**question, "certificateType": "Passport"}
    yield "certificate-verification-request", "not-a-day", "A day in another form", {**question, "issuedOn": "2026/03/02"}
    yield "feedback-reply", "no-fields", "No fields", {"note": "见附件"}
    yield "feedback-reply", "unknown-match", "A match of no list", {"fields": {**same, "holderName": "similar"}}
    yield "acknowledgement", "note-no-text", "A note that is no text", {"note": 1}
    yield "return", "note-no-text", "A note that is no text", {"note": ["1"]}
    yield "withdrawal", "note-no-text", "A note that is no text", {"note": {}}


BY_KIND = {
    "certificate-verification-request": [
        ("no-to", "`to` is missing", {"to": ABSENT}, [("MemberMissing", "/header/to")]),
        ("unknown-member", "A member of no list; it is named by its parent", {"fromUnit": "330109001"}, [("MemberUnknown", "/header")]),
        ("member-of-another-kind", "A member of a reply", {"outcome": "Match"}, [("MemberUnknown", "/header")]),
        ("unknown-reason", "A reason of no list", {"reasonCode": "Curiosity"}, [("MemberInvalid", "/header/reasonCode")]),
        ("reason-of-another-kind", "A reason of the reply's list", {"reasonCode": "NoRecord"}, [("MemberInvalid", "/header/reasonCode")]),
        ("unknown-kind", "A kind that does not travel", {"kind": "certificate-question"}, [("KindUnknown", "/header/kind")]),
        ("unknown-version", "A version that is not known", {"version": 2}, [("KindUnknown", "/header/version")]),
        ("version-zero", "There is no version 0", {"version": 0}, [("KindUnknown", "/header/version")]),
        ("another-wire", "Another wire: nothing else is said", {"wire": 2, "to": ABSENT}, [("WireNotSupported", "/header/wire")]),
        ("wire-as-text", "A number as text", {"wire": "1"}, [("MemberInvalid", "/header/wire")]),
        ("time-with-offset", "A time that is not UTC with six digits", {"sentAt": "2026-11-24T09:05:00+08:00"}, [("MemberInvalid", "/header/sentAt")]),
        ("no-such-time", "The 25th hour", {"sentAt": "2026-11-24T25:05:00.000000Z"}, [("MemberInvalid", "/header/sentAt")]),
        ("upper-case-uuid", "A UUID in upper case", {"messageId": "0F8B2C1A-1111-4222-8333-444455556666"}, [("MemberInvalid", "/header/messageId")]),
        ("urgency-normal", "Urgency is urgent or absent", {"urgency": "normal"}, [("MemberInvalid", "/header/urgency")]),
        ("test-as-text", "A mark is true, not text", {"test": "true"}, [("MemberInvalid", "/header/test")]),
        ("case-number-form", "A case number with three digits", {"caseNumber": "330109-20261124-041"}, [("MemberInvalid", "/header/caseNumber")]),
        ("case-number-of-another", "Another county's case number", {"caseNumber": "420581-20261124-0418"}, [("MemberInvalid", "/header/caseNumber")], "unseen"),
        ("from-no-party", "`from` is no party", {"from": "33010"}, [("MemberInvalid", "/header/from")]),
        ("hub-no-hub", "`hub` is no hub's id", {"hub": "330109"}, [("MemberInvalid", "/header/hub")]),
        ("nested-member", "The header is flat", {"to": {"code": "420581"}}, [("MemberInvalid", "/header/to")]),
        ("two-faults", "All that is wrong is told", {"sentAt": ABSENT, "urgency": "very"},
         [("MemberMissing", "/header/sentAt"), ("MemberInvalid", "/header/urgency")]),
        ("no-sealed", "Nothing sealed", {"/sealed": ABSENT}, [("MemberMissing", "/sealed")]),
        ("no-header", "No header", {"/header": ABSENT}, [("MemberMissing", "/header")]),
        ("header-no-object", "The header is no object", {"/header": "330109"}, [("MemberInvalid", "/header")]),
        ("another-envelope-member", "A third member in the envelope", {"/content": {"note": "x"}}, [("MemberUnknown", "")]),
    ],
    "acknowledgement": [
        ("no-in-reply-to", "It names no message", {"inReplyTo": ABSENT}, [("MemberMissing", "/header/inReplyTo")]),
        ("in-reply-to-no-uuid", "It names no UUID", {"inReplyTo": "330109-20261124-0418"}, [("MemberInvalid", "/header/inReplyTo")]),
        ("with-reason", "It takes no reason", {"reasonCode": "Other"}, [("MemberUnknown", "/header")]),
        ("no-exchange", "It names no exchange", {"exchangeId": ABSENT}, [("MemberMissing", "/header/exchangeId")]),
    ],
    "feedback-reply": [
        ("no-outcome", "No outcome", {"outcome": ABSENT}, [("MemberMissing", "/header/outcome")]),
        ("unknown-outcome", "An outcome of no list", {"outcome": "Maybe", "reasonCode": "NoRecord"}, [("MemberInvalid", "/header/outcome")]),
        ("outcome-without-reason", "Every outcome but Match needs its reason", {"outcome": "PersonNotFound"}, [("MemberMissing", "/header/reasonCode")]),
        ("match-with-reason", "Match has no reason", {"reasonCode": "FieldsDiffer"}, [("MemberInvalid", "/header/reasonCode")]),
        ("changed-alone", "`changed` goes only with `supersedes`", {"changed": True}, [("MemberMissing", "/header/supersedes")]),
        ("fields-in-clear", "Matches are content, never header", {"holderName": "same"}, [("MemberUnknown", "/header")]),
        ("no-in-reply-to", "A reply to nothing", {"inReplyTo": ABSENT}, [("MemberMissing", "/header/inReplyTo")]),
    ],
    "return": [
        ("no-reason", "No reason", {"reasonCode": ABSENT, "suggestedTo": ABSENT}, [("MemberMissing", "/header/reasonCode")]),
        ("suggestion-with-insufficient", "Only NotOurs names another county", {"reasonCode": "Insufficient"}, [("MemberInvalid", "/header/suggestedTo")]),
        ("suggestion-no-county", "The suggestion is no county", {"suggestedTo": "hub.example"}, [("MemberInvalid", "/header/suggestedTo")]),
        ("reason-of-another-kind", "A reason of the withdrawal's list", {"reasonCode": "SentInError", "suggestedTo": ABSENT}, [("MemberInvalid", "/header/reasonCode")]),
    ],
    "withdrawal": [
        ("unknown-reason", "A reason of no list", {"reasonCode": "Insufficient"}, [("MemberInvalid", "/header/reasonCode")]),
        ("with-in-reply-to", "It answers nothing", {"inReplyTo": "0f8b2c1a-1111-4222-8333-444455556666"}, [("MemberUnknown", "/header")]),
        ("automatic-as-number", "A mark is true, not 1", {"automatic": 1}, [("MemberInvalid", "/header/automatic")]),
    ],
}
