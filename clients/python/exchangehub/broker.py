"""The county's one connection to the broker: publishes with confirms and `mandatory`, consumes its own queue."""

import contextlib
import functools
import os
import signal

import pika
import pika.exceptions

from .wire import NotNow

CONFIRM_SECONDS = 30  # a broker that confirms later is not trusted any more: a new connection
PREFETCH = 20


class BrokerAway(NotNow):
    """No connection, no confirm, or no way for the message: what was sent stays outgoing."""


class Broker:
    def __init__(self, address, county, password):
        self.county = county
        self.parameters = pika.URLParameters(address)
        self.parameters.credentials = pika.PlainCredentials(county, password)
        self.parameters.heartbeat, self.parameters.blocked_connection_timeout, self.parameters.socket_timeout = 30, 30, 15

    def __enter__(self):
        with _away():
            self.connection = pika.BlockingConnection(self.parameters)
            self.channel = self.connection.channel()
            self.channel.confirm_delivery()
            self.channel.basic_qos(prefetch_count=PREFETCH)
        return self

    def __exit__(self, *_):
        with contextlib.suppress(pika.exceptions.AMQPError):
            self.connection.close()

    def publish(self, header, body):
        """Returns when the broker has it. That is no receipt."""
        type_ = f"{header['kind']}.v{header['version']}"
        properties = pika.BasicProperties(
            message_id=header["messageId"], correlation_id=header.get("exchangeId"), type=type_, user_id=self.county,
            content_type="application/json", delivery_mode=2,
            headers={"traceparent": f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01"},
        )
        with _away(), _within(CONFIRM_SECONDS):
            self.channel.basic_publish("hub.submit", f"{type_}.{self.county}", body, properties, mandatory=True)

    def read(self, wait):
        """Yields (type, exchange, body, acknowledge) as they come, and None after `wait` seconds without any."""
        with _away():
            for method, properties, raw in self.channel.consume(f"node.{self.county}", inactivity_timeout=wait):
                if method is None:
                    yield None
                else:
                    yield properties.type, properties.correlation_id, raw, functools.partial(self._acknowledge, method.delivery_tag)

    def _acknowledge(self, tag):
        with _away():
            self.channel.basic_ack(tag)


@contextlib.contextmanager
def _away():
    try:
        yield
    except (pika.exceptions.AMQPError, OSError) as error:
        raise BrokerAway(f"the broker is away: {type(error).__name__}") from None


@contextlib.contextmanager
def _within(seconds):
    """pika waits for a confirm as long as it takes; an alarm ends that (main thread only)."""
    def ring(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
