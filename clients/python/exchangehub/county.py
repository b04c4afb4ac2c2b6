"""One county, put together: its folder, its state, the hub and the broker."""

import time

from .broker import Broker
from .enrolment import Enrolment
from .folder import Folder
from .hub import Hub
from .receiving import Receiving
from .registry import WARN_DAYS, Registry
from .sending import Sending
from .store import Store
from .trust import Trust
from .wire import NotNow

IDLE_SECONDS = 0.3
PAUSE_FIRST, PAUSE_MAX = 1, 60


class County:
    def __init__(self, path):
        self.folder = Folder(path)
        self.store = Store(self.folder.file("state.db"))
        self.hub = Hub(self.folder.http, self.folder.hub, self.folder.code, lambda: self.sending.own_key())
        self.registry = Registry(self.folder.hub, self.folder.registrar, self.store.get("registry", {}), self.hub.get, self._keep)
        self.sending = Sending(self.folder, self.store, self.registry, self.hub)
        self.receiving = Receiving(self.folder, self.store, self.registry, self.hub, Trust(self.folder.hub, self.registry), self.sending)
        self.enrolment = Enrolment(self.folder, self.store, self.registry, self.hub, self.sending)

    def refresh(self):
        """The newest registry where the hub is there; else what is known goes on being used, for 30 days at most."""
        try:
            self.registry.refresh()
            self.enrolment.say_takes()
        except NotNow as reason:
            yield {"what": "away", "reason": str(reason)}
        if self.registry.state["issuedAt"] and self.registry.age_days(self.hub.now()) > WARN_DAYS:
            yield {"what": "warning", "reason": f"registry older than {WARN_DAYS} days"}

    def run(self, seconds, done):
        """Publishes what is due and takes what comes, until `done(idle)` or the time is over; a lost connection is made anew.

        seconds: None goes on for ever."""
        end = None if seconds is None else time.monotonic() + seconds
        over = lambda: end is not None and time.monotonic() >= end  # noqa: E731
        pause = PAUSE_FIRST
        while True:
            try:
                yield from self.receiving.fetch_owed()
                with Broker(self.folder.amqp, self.folder.code, self.folder.password()) as broker:
                    self.sending.publish_due(broker)
                    for item in broker.read(IDLE_SECONDS):
                        if item is not None:
                            type_, exchange, raw, acknowledge = item
                            yield from self.receiving.take(type_, exchange, raw)
                            acknowledge()
                        pause = PAUSE_FIRST
                        self.sending.publish_due(broker)
                        if done(item is None) or over():
                            return
            except NotNow as reason:
                yield {"what": "away", "reason": str(reason)}
            if over():
                return
            time.sleep(pause if end is None else max(0, min(pause, end - time.monotonic())))
            pause = min(pause * 2, PAUSE_MAX)

    def _keep(self, state):
        with self.store.transaction():
            self.store.put("registry", state)
