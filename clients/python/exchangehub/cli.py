"""The commands of a county. Each prints one JSON line for each thing that happened.

Exit codes: 0 done; 1 refused, or not as the contract says; 2 wrong words; 3 not yet: kept, and tried again by `receive`."""

import argparse
import json

from . import contract
from .county import County
from .wire import Malformed, NotNow

DONE, REFUSED, NOT_YET = 0, 1, 3
SHORT = {"acknowledge": "acknowledgement", "reply": "feedback-reply", "return": "return", "withdraw": "withdrawal"}
QUESTION = "certificate-verification-request"


def main():
    given = arguments().parse_args()
    try:
        return kinds() if given.command == "kinds" else COMMANDS.get(given.command, send)(County(given.folder), given)
    except Malformed as reason:
        say({"what": "not done", "reason": str(reason)})
        return REFUSED
    except NotNow as reason:
        say({"what": "away", "reason": str(reason)})
        return NOT_YET


def arguments():
    parser = argparse.ArgumentParser(prog="county.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="holds invitation.json; keys and state are kept here")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, help_, seconds=60):
        added = commands.add_parser(name, help=help_)
        if seconds:
            added.add_argument("--seconds", type=float, default=seconds, help=f"how long to wait (default {seconds})")
        return added

    command("enrol", "join the hub by the invitation, wait for the registrar", 600)
    command("rotate", "two new keys, endorsed by the present one; wait for the registrar", 600)
    message_words(command("send", f"ask: an opening message (default {QUESTION})"), opens=True)
    for name, kind in SHORT.items():
        message_words(command(name, f"send a {kind} in an exchange"), opens=False)
    generic = command("send-kind", "send any kind of the contract")
    generic.add_argument("kind", help="a kind of the contract")
    generic.add_argument("--to", help="the other county, in an opening")
    generic.add_argument("--exchange", help="the exchange, in all that follows")
    content_words(generic)
    receive = command("receive", "take what comes, send what waits; for ever without --seconds", 0)
    receive.add_argument("--seconds", type=float, help="end after this time")
    receive.add_argument("--once", action="store_true", help="end when nothing comes any more and nothing waits for a receipt")
    receive.add_argument("--until", metavar="WORD", help="end after the first thing with this `what` or `kind`")
    command("receipts", "what was sent and what became of it; asks the hub for missing receipts", 0)
    command("resend", "send at once, again, what has no receipt")
    command("heal", "fetch the whole feed and all receipts: after a lost queue or an older copy of the folder", 0)
    show = command("show", "all of an exchange; without one, the list", 0)
    show.add_argument("exchange", nargs="?")
    command("kinds", "the kinds of the contract with their header members", 0)
    return parser


def message_words(parser, opens):
    if opens:
        parser.add_argument("to", help="six-digit code of the county")
        parser.add_argument("--kind", default=QUESTION)
    else:
        parser.add_argument("exchange", help="the exchange's id")
    content_words(parser)


def content_words(parser):
    parser.add_argument("--set", action="append", default=[], metavar="MEMBER=VALUE", help="a header member, as the kind's row allows; `true` is a mark")
    parser.add_argument("--content", metavar="FILE", help="JSON file with the content (- is the standard input); default empty")
    parser.add_argument("--case-number", action="store_true", help="give the question the next number of the day")


def send(county, given):
    say_all(county.refresh())
    kind = SHORT.get(given.command) or given.kind
    members = contract.members(kind, given.set)
    if given.case_number:
        members["caseNumber"] = county.sending.case_number()
    header = county.sending.send(kind, getattr(given, "to", None), getattr(given, "exchange", None), members, content_of(given.content))
    say({"what": "sent", "exchangeId": header.get("exchangeId"), "messageId": header["messageId"], "kind": kind, "to": header["to"]})
    state = lambda: county.store.outgoing(header["messageId"])["state"]  # noqa: E731
    say_all(county.run(given.seconds, lambda _: state() != "waiting"))
    return {"waiting": NOT_YET, "refused": REFUSED}.get(state(), DONE)


def receive(county, given):
    say_all(county.refresh())
    met = []

    def until(things):
        for one in things:
            if given.until in (one["what"], one.get("kind")):
                met.append(one)
            yield one

    say_all(until(county.run(given.seconds, lambda idle: met or given.once and idle and not county.store.waiting())))
    return NOT_YET if (given.until and not met) or (given.once and county.store.waiting()) else DONE


def receipts(county, _):
    for row in county.store.all_outgoing():
        if row["state"] in ("waiting", "held"):
            try:
                stamp = county.hub.get_own(f"/receipts/{row['message_id']}")
                contract.check("stamp", stamp)
                say_all(county.receiving.receipt(stamp))
            except NotNow:
                pass  # none yet
    for row in county.store.all_outgoing():
        header, statement = json.loads(row["header"]), json.loads(row["statement"] or "{}")
        say({"what": "outgoing", "state": row["state"], "exchangeId": row["exchange_id"], "messageId": row["message_id"], "kind": header["kind"],
             "to": header["to"], "tries": row["tries"], **{name: statement[name] for name in ("codes", "fields", "acceptedAt") if name in statement}})
    return NOT_YET if county.store.waiting() else DONE


def resend(county, given):
    county.sending.again()
    say_all(county.run(given.seconds, lambda _: not county.store.waiting()))
    return NOT_YET if county.store.waiting() else DONE


def heal(county, _):
    say_all(county.refresh())
    wrong = [one["what"] for one in say_all(county.receiving.heal()) if one["what"] in ("fault", "fraud")]
    return REFUSED if wrong else DONE


def show(county, given):
    for exchange in [given.exchange] if given.exchange else county.store.exchanges():
        for row in county.store.all_outgoing():
            if row["exchange_id"] == exchange:
                content = {"content": json.loads(row["content"])} if given.exchange else {}
                say({"what": "sent", "state": row["state"], "header": json.loads(row["header"]), **content})
        for row in county.store.incoming(exchange):
            content = {"content": json.loads(row["content"] or "{}")} if given.exchange else {}
            say({"what": "put aside" if row["aside"] else "received", "seq": row["seq"], "statement": json.loads(row["statement"]), **content})
    return DONE


def kinds():
    for name, versions in sorted(contract.kinds().items()):
        for row in versions.values():
            say({"kind": name, "version": row.version, "opens": row.opens, "required": sorted(row.required), "allowed": sorted(row.members - row.required)})
    return DONE


def enrol(county, given):
    return DONE if [one for one in say_all(county.enrolment.enrol(given.seconds)) if one["what"] == "registered"] else NOT_YET


def rotate(county, given):
    return DONE if [one for one in say_all(county.enrolment.rotate(given.seconds)) if one["what"] == "rotated"] else NOT_YET


COMMANDS = {"enrol": enrol, "rotate": rotate, "receive": receive, "receipts": receipts, "resend": resend, "heal": heal, "show": show}


def content_of(path):
    if path is None:
        return {}
    with open(0 if path == "-" else path, encoding="utf-8") as file:
        try:
            return json.load(file)
        except ValueError:
            raise Malformed("the content is no JSON") from None


def say_all(things):
    kept = []
    for one in things:
        say(one)
        kept.append(one)
    return kept


def say(thing):
    print(json.dumps(thing, ensure_ascii=False), flush=True)
