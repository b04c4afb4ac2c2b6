"""The valid messages of every kind, with what each has sealed. Persons are invented. Used by make_examples.py.

330109 asks 420581 about certificates and persons of its register; each tells the other who moved."""

import hashlib

HUB, ASKER, ASKED = "hub.example", "330109", "420581"
ASKED_AT, TAKEN_AT = "2026-11-24T01:05:00.000000Z", "2026-11-24T02:00:00.000000Z"
REPLIED_AT, LATER_AT = "2026-11-25T02:30:00.000000Z", "2026-11-26T02:30:00.000000Z"


def uuid(name):
    raw = hashlib.sha256(name.encode()).hexdigest()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-{raw[20:32]}"


def header(kind, name, by=ASKER, sent=ASKED_AT, exchange="first", **more):
    return {
        "wire": 1, "hub": HUB, "messageId": uuid(name), "exchangeId": uuid(exchange), "kind": kind, "version": 1,
        "from": by, "to": ASKED if by == ASKER else ASKER, "sentAt": sent, **more,
    }


def to_hub(kind, name, by, sent, **more):
    return {"wire": 1, "hub": HUB, "messageId": uuid(name), "kind": kind, "version": 1, "from": by, "to": HUB, "sentAt": sent, **more}


def only(content, *members):
    return {m: content[m] for m in members}


QUESTION = {
    "certificateType": "ResidencePermit", "certificateNumber": "ZJ330109202600418", "holderName": "测试甲",
    "holderId": "420581199003070018", "issuedOn": "2026-03-02", "validUntil": "2027-03-01",
    "purpose": "ResidenceRegistration", "legalBasis": "NationalRegulation", "note": "证件照片模糊，请核对编号。",
}
SAME = dict.fromkeys(("certificateType", "certificateNumber", "holderName", "holderId", "issuedOn", "validUntil"), "same")
CHECK = {
    "personName": "测试乙", "personId": "420581198806150025", "items": ["identity", "residence", "householdRegistration", "contact"],
    "purpose": "RecordCheck", "legalBasis": "Agreement", "residenceAddress": "测试路1号", "householdAddress": "测试村2组",
    "phone": "00000000000", "note": "本人称已迁回。",
}
LEFT = {
    "personName": "测试丙", "personId": "420581197909230015", "movedOn": "2026-11-20", "purpose": "ResidenceRegistration",
    "legalBasis": "NationalRegulation", "fromUnit": "420581104", "toUnit": "330109006", "address": "测试路3号", "phone": "00000000000",
}
ARRIVED = {
    "personName": "测试丁", "personId": "420581200104120040", "movedOn": "2026-11-18", "purpose": "ResidenceRegistration",
    "legalBasis": "NationalRegulation", "toUnit": "330109006", "address": "测试路4号",
}
COUNTS = {
    "on": "2026-11-24", "signedIn": True, "entriesNeedingNotice": 12, "entriesNotified": 11, "changeEvents": 4, "changeEventsInTime": 4,
    "activeOutflowRecords": 3120, "contactsConfirmed": 2987, "oneSidedRecords": 0,
}

REQUEST, REPLY = uuid("request"), uuid("reply")

# Name, header, content, what it shows. The first of a kind is its plain case.
OPENING = [
    ("certificate-verification-request/valid",
     header("certificate-verification-request", "request", caseNumber="330109-20261124-0418", reasonCode="CertificateDoubtful"),
     QUESTION, "A question with its case number and reason"),
    ("certificate-verification-request/valid-smallest",
     header("certificate-verification-request", "smallest", exchange="second"),
     only(QUESTION, "certificateType", "certificateNumber", "holderName", "holderId", "purpose", "legalBasis"),
     "The required nine alone"),
    ("certificate-verification-request/valid-urgent-follows",
     header("certificate-verification-request", "urgent", exchange="third", follows=uuid("second"), urgency="urgent", test=True),
     QUESTION, "An urgent trial that follows an earlier exchange"),
    ("assistance-check-request/valid",
     header("assistance-check-request", "check", exchange="check", caseNumber="330109-20261124-0419", reasonCode="RoutineCheck"),
     CHECK, "All four items, with what the asker has on file"),
    ("assistance-check-request/valid-smallest",
     header("assistance-check-request", "check-smallest", exchange="check-smallest"),
     {**only(CHECK, "personName", "personId", "purpose", "legalBasis"), "items": ["householdRegistration"]}, "One item"),
    ("assistance-check-request/valid-v2",
     header("assistance-check-request", "check-state-on", exchange="check-state-on", version=2, reasonCode="RoutineCheck"),
     {**only(CHECK, "personName", "personId", "purpose", "legalBasis", "residenceAddress"), "items": ["residence"], "stateOn": "2025-09-01"},
     "Version 2: did the person live there on the first day of school?"),
    ("assistance-check-request/valid-v2-no-day",
     header("assistance-check-request", "check-v2", exchange="check-v2", version=2),
     {**only(CHECK, "personName", "personId", "purpose", "legalBasis"), "items": ["identity"]}, "Version 2 without a day says what version 1 says"),
    ("outflow-notice/valid",
     header("outflow-notice", "outflow", ASKED, exchange="outflow", caseNumber="420581-20261124-0007"),
     LEFT, "A resident of 420581 left for 330109"),
    ("outflow-notice/valid-superseding",
     header("outflow-notice", "outflow-newer", ASKED, REPLIED_AT, "outflow-newer", supersedes=uuid("outflow"), follows=uuid("outflow"),
            caseNumber="420581-20261125-0003"),
     {**LEFT, "movedOn": "2026-11-22"}, "Takes the place of the notice in the exchange it follows: another day"),
    ("inflow-notice/valid", header("inflow-notice", "inflow", exchange="inflow"), ARRIVED, "A resident of 420581 has arrived in 330109"),
    ("inflow-notice/valid-smallest",
     header("inflow-notice", "inflow-smallest", exchange="inflow-smallest", automatic=True),
     only(ARRIVED, "personName", "personId", "movedOn", "purpose", "legalBasis"), "The required members alone, by a named policy"),
    ("departure-notice/valid",
     header("departure-notice", "departure", exchange="departure", follows=uuid("inflow")),
     {**only(ARRIVED, "personName", "personId", "purpose", "legalBasis"), "movedOn": "2026-11-23", "movedTo": "420506"},
     "Who had arrived has moved on; where to is known"),
    ("departure-notice/valid-unknown-place",
     header("departure-notice", "departure-unknown", exchange="departure-unknown"),
     {**only(ARRIVED, "personName", "personId", "purpose", "legalBasis"), "movedOn": "2026-11-23"}, "Where to is not known"),
]

ANSWERING = [
    ("acknowledgement/valid",
     header("acknowledgement", "acknowledgement", ASKED, TAKEN_AT, inReplyTo=REQUEST), {}, "A clerk took it in hand; empty content"),
    ("acknowledgement/valid-automatic",
     header("acknowledgement", "automatic", ASKED, TAKEN_AT, inReplyTo=REQUEST, automatic=True), {"note": "系统接收"}, "By a named policy"),
    ("acknowledgement/valid-of-notice",
     header("acknowledgement", "notice-taken", ASKER, TAKEN_AT, "outflow", inReplyTo=uuid("outflow")), {}, "Closes the notice's exchange"),
    ("interim-reply/valid",
     header("interim-reply", "interim", ASKED, TAKEN_AT, inReplyTo=REQUEST), {"note": "已请派出所查档。"}, "Being verified; stops no clock"),
    ("feedback-reply/valid",
     header("feedback-reply", "reply", ASKED, REPLIED_AT, inReplyTo=REQUEST, outcome="Match"),
     {"fields": SAME, "certificateStatus": "Valid"}, "All agrees: Match has no reason"),
    ("feedback-reply/valid-differences",
     header("feedback-reply", "differences", ASKED, REPLIED_AT, inReplyTo=REQUEST, outcome="MatchWithDifferences", reasonCode="FieldsDiffer"),
     {"fields": {**SAME, "validUntil": "different", "issuedOn": "notAnswered"}, "note": "有效期不一致"}, "Differences with their reason"),
    ("feedback-reply/valid-correction",
     header("feedback-reply", "correction", ASKED, LATER_AT, inReplyTo=REQUEST, supersedes=REPLY,
            outcome="PersonNotFound", reasonCode="NoRecord", changed=True), {"fields": {}}, "Corrects the first reply"),
    ("feedback-reply/valid-maintained",
     header("feedback-reply", "maintained", ASKED, LATER_AT, inReplyTo=uuid("dispute"), outcome="Match"),
     {"fields": SAME, "note": "已再次核对。"}, "After a dispute, without `supersedes`: the reply is maintained"),
    ("feedback-reply/valid-items",
     header("feedback-reply", "items", ASKED, REPLIED_AT, "check", inReplyTo=uuid("check"), outcome="MatchWithDifferences", reasonCode="FieldsDiffer"),
     {"fields": {"identity": "same", "residence": "different", "householdRegistration": "same", "contact": "notAnswered"}},
     "An assistance check, item by item"),
    ("extension-request/valid",
     header("extension-request", "extension", ASKED, TAKEN_AT, inReplyTo=REQUEST, reasonCode="VisitNeeded", workingDays=5), {}, "Five working days more"),
    ("return/valid",
     header("return", "return", ASKED, REPLIED_AT, exchange="second", inReplyTo=uuid("smallest"), suggestedTo="420506", reasonCode="NotOurs"),
     {"note": "该编号属夷陵区"}, "Another county's; names it"),
    ("return/valid-unreadable",
     header("return", "unreadable", ASKED, REPLIED_AT, exchange="second", inReplyTo=uuid("smallest"), reasonCode="Unreadable", automatic=True),
     {}, "The seal did not open"),
]

ASKING_ON = [
    ("extension-decision/valid",
     header("extension-decision", "granted", sent=REPLIED_AT, inReplyTo=uuid("extension"), decision="granted"), {}, "Granted: no reason"),
    ("extension-decision/valid-denied",
     header("extension-decision", "denied", sent=REPLIED_AT, inReplyTo=uuid("extension"), reasonCode="CannotWait", decision="denied"),
     {"note": "当事人今天离开。"}, "Denied, with its reason"),
    ("return-contest/valid",
     header("return-contest", "contest", sent=LATER_AT, exchange="second", inReplyTo=uuid("return"), reasonCode="OnYourRegister"),
     {"note": "户口簿由贵县签发。"}, "Opens the returned exchange again"),
    ("withdrawal/valid", header("withdrawal", "withdrawal", sent=REPLIED_AT, exchange="third"), {}, "Without a reason"),
    ("withdrawal/valid-reason",
     header("withdrawal", "withdrawal-reason", sent=REPLIED_AT, exchange="third", reasonCode="SentInError"), {}, "With its reason"),
    ("confirmation/valid",
     header("confirmation", "confirmation", sent=LATER_AT, inReplyTo=REPLY, mark="sufficient"), {}, "Closes the exchange, with a mark"),
    ("confirmation/valid-no-mark", header("confirmation", "confirmation-no-mark", sent=LATER_AT, inReplyTo=REPLY), {}, "The mark is optional"),
    ("dispute/valid",
     header("dispute", "dispute", sent=LATER_AT, inReplyTo=REPLY, reasonCode="ContradictsDocument"),
     {"note": "证件原件写明有效期至2027年3月。"}, "Opens the exchange again, with a fresh clock"),
    ("dispute/valid-unreadable",
     header("dispute", "dispute-unreadable", sent=LATER_AT, inReplyTo=REPLY, reasonCode="Unreadable", automatic=True), {}, "The reply's seal did not open"),
    ("clarification/valid",
     header("clarification", "clarification", ASKED, TAKEN_AT, inReplyTo=REQUEST), {"note": "编号第7位是1还是7？"}, "The asked side wants to know more"),
    ("clarification/valid-unasked",
     header("clarification", "unasked", sent=REPLIED_AT), {"note": "补充：本人在场，可电话核实。"}, "Without `inReplyTo`: said by itself"),
]

REPORTS = [
    ("statistics-report/valid",
     to_hub("statistics-report", "report", ASKER, "2026-11-24T09:30:00.000000Z"), COUNTS, "A day's counts; a clerk was there"),
    ("statistics-report/valid-empty-day",
     to_hub("statistics-report", "report-empty", ASKED, "2026-11-24T15:30:00.000000Z", automatic=True), {"on": "2026-11-24"},
     "Nobody signed in and nothing is counted"),
]

VALID = {name: (head, content, why) for name, head, content, why in OPENING + ANSWERING + ASKING_ON + REPORTS}
