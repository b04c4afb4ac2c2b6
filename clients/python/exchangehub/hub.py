"""The hub's HTTP calls and its clock. Every call but those of enrolment, registry and time bears a token that the county signs itself."""

import http.client
import json
import time
import urllib.error
import urllib.request
import uuid
from datetime import timedelta

from . import jose
from .wire import NotNow, compact, parse, time_of

ANSWER_MAX = 64 * 1024 * 1024  # a page of 200 deliveries of 131,072 bytes, and a registry of 3,000 parties
ANSWER_DEPTH = 6
TOKEN_SECONDS = 120
CLOCK_SECONDS = 60  # after that the hub's clock is asked again


class HubAway(NotNow):
    """The hub does not answer, or cannot."""


class HubRefused(NotNow):
    """The hub answered with a problem (RFC 9457)."""

    def __init__(self, status, problem):
        self.status, self.code, self.field = status, problem.get("code", ""), problem.get("field", "")
        super().__init__(f"the hub refused: {status} {self.code} {self.field}".rstrip())


class Hub:
    """`signing_key` gives the county's key for the token."""

    def __init__(self, address, hub, party, signing_key):
        self.address, self.hub, self.party, self.signing_key = address.rstrip("/") + "/api/v1", hub, party, signing_key
        self.asked, self.offset = None, 0.0

    def now(self):
        """The hub's clock: a demonstration's may differ from ours. While the hub is away ours goes on from what is known."""
        if self.asked is None or time.monotonic() - self.asked > CLOCK_SECONDS:
            try:
                self.offset = time_of(self.call("GET", "/time")["now"]).timestamp() - time.time()
                self.asked = time.monotonic()
            except HubAway:
                pass
        return time_of("1970-01-01T00:00:00.000000Z") + timedelta(seconds=time.time() + self.offset)

    def get(self, path):
        return self.call("GET", path)

    def get_own(self, path):
        return self.call("GET", path, token=self.token())

    def token(self):
        now = int(self.now().timestamp())
        claims = {"iss": self.party, "aud": self.hub, "iat": now, "exp": now + TOKEN_SECONDS, "jti": str(uuid.uuid4())}
        return jose.sign(self.signing_key(), "eh-http+jwt", compact(claims))

    def call(self, method, path, value=None, token=None):
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(self.address + path, None if value is None else compact(value), headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                raw = answer.read(ANSWER_MAX)
        except urllib.error.HTTPError as error:
            if error.code == 429 or error.code >= 500:
                raise HubAway(f"the hub answered {error.code}") from None
            raise HubRefused(error.code, _problem(error.read(ANSWER_MAX))) from None
        except (OSError, http.client.HTTPException) as error:
            raise HubAway(f"the hub does not answer: {type(error).__name__}") from None
        return parse(raw, ANSWER_DEPTH, body=False) if raw else None


def _problem(raw):
    try:
        problem = json.loads(raw)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}
