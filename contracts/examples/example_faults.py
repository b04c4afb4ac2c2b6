"""What can be wrong with a submission, by kind: each fault with the refusals it gets. Used by make_examples.py."""

import json

from exchangehub.wire import compact

ABSENT = object()
OTHER = "0f8b2c1a-1111-4222-8333-444455556666"


def faults(bodies):
    """Yields (kind, name, why, raw, refusals, whether a JSON Schema can see it)."""
    for kind, rows in BY_KIND.items():
        for name, why, changes, refusals, *unseen in rows:
            body = json.loads(bodies[f"{kind}/valid"])
            for member, value in changes.items():
                place = body if member.startswith("/") else body["header"]
                member = member.lstrip("/")
                if value is ABSENT:
                    place.pop(member, None)
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


def content_faults(contents):
    """Contents are sealed: the hub sees none of these, the receiver does. `contents` holds the plain case of each kind and version."""
    for type_, rows in CONTENTS.items():
        for name, why, changes in rows:
            yield type_, name, why, {m: v for m, v in {**contents[type_], **changes}.items() if v is not ABSENT}
    for kind in NOTE_ALONE:
        yield f"{kind}.v1", "note-no-text", "A note that is no text", {"note": 1}


NOTICE = [
    ("supersedes-alone", "`supersedes` goes only with `follows`", {"supersedes": OTHER, "follows": ABSENT}, [("MemberMissing", "/header/follows")]),
    ("supersedes-no-uuid", "It names no UUID", {"supersedes": "420581-20261124-0007", "follows": OTHER}, [("MemberInvalid", "/header/supersedes")]),
    ("urgent", "A notice is never urgent", {"urgency": "urgent"}, [("MemberUnknown", "/header")]),
    ("with-reason", "A notice takes no reason", {"reasonCode": "RoutineCheck"}, [("MemberUnknown", "/header")]),
]

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
        ("signed-instead", "Only a message to the hub is signed alone", {"/sealed": ABSENT, "/signed": "a.b.c"},
         [("MemberUnknown", ""), ("MemberMissing", "/sealed")]),
        ("supersedes-question", "A question takes no other's place", {"supersedes": OTHER}, [("MemberUnknown", "/header")]),
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
        ("with-in-reply-to", "It answers nothing", {"inReplyTo": OTHER}, [("MemberUnknown", "/header")]),
        ("automatic-as-number", "A mark is true, not 1", {"automatic": 1}, [("MemberInvalid", "/header/automatic")]),
    ],
    "assistance-check-request": [
        ("items-in-clear", "What is asked is content, never header", {"items": "identity"}, [("MemberUnknown", "/header")]),
        ("unknown-reason", "A reason of no list", {"reasonCode": "Curiosity"}, [("MemberInvalid", "/header/reasonCode")]),
        ("with-in-reply-to", "It opens and answers nothing", {"inReplyTo": OTHER}, [("MemberUnknown", "/header")]),
        ("no-exchange", "The asker makes the exchange's id", {"exchangeId": ABSENT}, [("MemberMissing", "/header/exchangeId")]),
        ("version-to-come", "A version after the newest known", {"version": 3}, [("KindUnknown", "/header/version")]),
        ("state-on-in-clear", "The day asked about is content, never header", {"version": 2, "stateOn": "2025-09-01"}, [("MemberUnknown", "/header")]),
    ],
    "outflow-notice": [
        *NOTICE,
        ("case-number-of-another", "Another county's case number", {"caseNumber": "330109-20261124-0007"}, [("MemberInvalid", "/header/caseNumber")], "unseen"),
        ("township-in-clear", "Townships are content, never header", {"toUnit": "330109006"}, [("MemberUnknown", "/header")]),
    ],
    "inflow-notice": NOTICE,
    "departure-notice": [
        *NOTICE,
        ("next-county-in-clear", "The next county is content, never header", {"suggestedTo": "420506"}, [("MemberUnknown", "/header")]),
    ],
    "interim-reply": [
        ("no-in-reply-to", "It names no message", {"inReplyTo": ABSENT}, [("MemberMissing", "/header/inReplyTo")]),
        ("with-outcome", "An outcome makes it a reply", {"outcome": "Match"}, [("MemberUnknown", "/header")]),
        ("with-working-days", "It asks for no time", {"workingDays": 5}, [("MemberUnknown", "/header")]),
    ],
    "extension-request": [
        ("no-working-days", "How much time is missing", {"workingDays": ABSENT}, [("MemberMissing", "/header/workingDays")]),
        ("no-days-at-all", "At least one working day", {"workingDays": 0}, [("MemberInvalid", "/header/workingDays")]),
        ("too-many-days", "At most 30 working days", {"workingDays": 31}, [("MemberInvalid", "/header/workingDays")]),
        ("days-as-text", "A number as text", {"workingDays": "5"}, [("MemberInvalid", "/header/workingDays")]),
        ("no-reason", "No reason", {"reasonCode": ABSENT}, [("MemberMissing", "/header/reasonCode")]),
    ],
    "extension-decision": [
        ("no-decision", "No decision", {"decision": ABSENT}, [("MemberMissing", "/header/decision")]),
        ("unknown-decision", "A decision of no list", {"decision": "Granted"}, [("MemberInvalid", "/header/decision")]),
        ("granted-with-reason", "What is granted has no reason", {"reasonCode": "CannotWait"}, [("MemberInvalid", "/header/reasonCode")]),
        ("with-working-days", "It grants what was asked, or nothing", {"workingDays": 3}, [("MemberUnknown", "/header")]),
    ],
    "return-contest": [
        ("no-reason", "No reason", {"reasonCode": ABSENT}, [("MemberMissing", "/header/reasonCode")]),
        ("reason-of-another-kind", "A reason of the return's list", {"reasonCode": "NotOurs"}, [("MemberInvalid", "/header/reasonCode")]),
        ("no-in-reply-to", "It names no return", {"inReplyTo": ABSENT}, [("MemberMissing", "/header/inReplyTo")]),
    ],
    "confirmation": [
        ("no-in-reply-to", "It names no reply", {"inReplyTo": ABSENT}, [("MemberMissing", "/header/inReplyTo")]),
        ("unknown-mark", "A mark of no list", {"mark": "good"}, [("MemberInvalid", "/header/mark")]),
        ("with-reason", "It takes no reason", {"reasonCode": "Other"}, [("MemberUnknown", "/header")]),
    ],
    "dispute": [
        ("no-reason", "No reason", {"reasonCode": ABSENT}, [("MemberMissing", "/header/reasonCode")]),
        ("reason-of-another-kind", "A reason of the contest's list", {"reasonCode": "OnYourRegister"}, [("MemberInvalid", "/header/reasonCode")]),
        ("no-in-reply-to", "It names no reply", {"inReplyTo": ABSENT}, [("MemberMissing", "/header/inReplyTo")]),
        ("with-mark", "The mark is the confirmation's", {"mark": "insufficient"}, [("MemberUnknown", "/header")]),
    ],
    "clarification": [
        ("in-reply-to-no-uuid", "It names no UUID", {"inReplyTo": "last"}, [("MemberInvalid", "/header/inReplyTo")]),
        ("with-reason", "It takes no reason", {"reasonCode": "Other"}, [("MemberUnknown", "/header")]),
        ("no-exchange", "It belongs to an exchange", {"exchangeId": ABSENT}, [("MemberMissing", "/header/exchangeId")]),
    ],
    "statistics-report": [
        ("with-exchange", "It is in no exchange", {"exchangeId": OTHER}, [("MemberUnknown", "/header")]),
        ("sealed-instead", "The hub is meant to read it", {"/signed": ABSENT, "/sealed": "a..b.c.d"},
         [("MemberUnknown", ""), ("MemberMissing", "/signed")]),
        ("to-a-county", "It goes to the hub", {"to": "420581"}, [("MemberInvalid", "/header/to")]),
        ("counts-in-clear", "Counts are signed content, never header", {"oneSidedRecords": 3}, [("MemberUnknown", "/header")]),
    ],
}

# What can be wrong with a content, as changes of the plain case of its kind and version.
CONTENTS = {
    "certificate-verification-request.v1": [
        ("no-holder-id", "The holder's number is missing", {"holderId": ABSENT}),
        ("unknown-type", "A certificate type of no list", {"certificateType": "Passport"}),
        ("not-a-day", "A day in another form", {"issuedOn": "2026/03/02"}),
    ],
    "assistance-check-request.v1": [
        ("no-items", "Nothing is asked", {"items": []}),
        ("item-twice", "An item twice", {"items": ["identity", "identity"]}),
        ("unknown-item", "An item of no list", {"items": ["income"]}),
        ("no-person-id", "The person's number is missing", {"personId": ABSENT}),
    ],
    "assistance-check-request.v2": [
        ("state-on-a-month", "A month is no day", {"stateOn": "2025-09"}),
        ("state-on-nothing", "Absent, not empty", {"stateOn": ""}),
    ],
    "outflow-notice.v1": [
        ("no-day", "The day of the move is missing", {"movedOn": ABSENT}),
        ("unknown-purpose", "A purpose of no list", {"purpose": "Census"}),
    ],
    "inflow-notice.v1": [
        ("no-person-name", "The person's name is missing", {"personName": ABSENT}),
        ("empty-unit", "A township without a name", {"toUnit": ""}),
    ],
    "departure-notice.v1": [
        ("next-county-no-county", "The next county is no county", {"movedTo": "宜昌"}),
        ("not-a-day", "A day in another form", {"movedOn": "20261123"}),
    ],
    "feedback-reply.v1": [
        ("no-fields", "No fields", {"fields": ABSENT, "note": "见附件"}),
        ("unknown-match", "A match of no list", {"fields": {"holderName": "similar"}}),
        ("unknown-status", "A certificate's status of no list", {"certificateStatus": "Lost"}),
    ],
    "statistics-report.v1": [
        ("no-day", "Of which day?", {"on": ABSENT}),
        ("not-signed-in", "A mark is true or absent", {"signedIn": False}),
        ("less-than-none", "A count below zero", {"oneSidedRecords": -1}),
    ],
}

# A note is all that these have.
NOTE_ALONE = (
    "acknowledgement", "interim-reply", "extension-request", "extension-decision", "return", "return-contest", "withdrawal",
    "confirmation", "dispute", "clarification",
)
