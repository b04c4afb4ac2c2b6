#!/usr/bin/python3
"""A county's first exchange: enrol, ask whether a certificate is valid, verify the receipt, open the reply.

The folder holds `invitation.json` as the registrar made it; the broker password comes from EXCHANGEHUB_BROKER_PASSWORD.
Prints one JSON line for each thing that happened; exit code 0 when the reply was opened. The person is invented."""

import argparse
import json
import os
import sys

from exchangehub_client import County
from exchangehub_wire import Malformed, shanghai_day

QUESTION = {
    "certificateType": "ResidencePermit",
    "certificateNumber": "ZJ330109202600418",
    "holderName": "测试甲",
    "holderId": "420581199003070018",
    "purpose": "ResidenceRegistration",
    "legalBasis": "NationalRegulation",
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", help="holds invitation.json; keys and state are kept here")
    arguments.add_argument("to", help="six-digit code of the county to ask")
    arguments.add_argument("--question", help="a JSON file with the content, instead of the invented example")
    arguments.add_argument("--seconds", type=int, default=60, help="how long to wait for each step")
    given = arguments.parse_args()

    county = County(given.folder, os.environ["EXCHANGEHUB_BROKER_PASSWORD"])
    county.enrol()
    say("request posted", {"party": county.code})
    county.wait_until_registered(given.seconds)
    say("registered", {"snapshot": county.registry.state["number"]})

    number = f"{county.code}-{shanghai_day(county.now()):%Y%m%d}-0001"
    header = county.ask(given.to, question(given.question), caseNumber=number, reasonCode="CertificateDoubtful")
    for what, statement, content in county.exchange(given.seconds):
        say(what, {name: statement[name] for name in ("kind", "seq", "dueOn", "dueAt", "codes", "fields") if name in statement})
        if what == "refused":
            return 1
        if what == "delivered" and statement["exchangeId"] == header["exchangeId"] and statement["kind"] == "feedback-reply":
            say("reply", {"outcome": statement["header"]["outcome"], "content": content})
            return 0
    return 1


def question(path):
    if path is None:
        return QUESTION
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def say(what, more):
    print(json.dumps({"what": what, **more}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Malformed as reason:
        print(f"first_exchange: {reason}", file=sys.stderr)
        sys.exit(1)
