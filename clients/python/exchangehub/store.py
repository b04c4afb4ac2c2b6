"""All that must outlive the process, in one SQLite file: what goes out before it is published, what came in before it is acknowledged."""

import contextlib
import json
import os
import sqlite3

TABLES = """
create table if not exists meta (name text primary key, value text not null);
-- The bytes that travel, and the own copy of the content: a sender cannot open what it sealed.
create table if not exists outgoing (
    message_id text primary key, exchange_id text, header text not null, content text not null, body text not null,
    state text not null default 'waiting', tries integer not null default 0, next_try real not null default 0, statement text);
-- One row for each seq of an exchange: taken, or put aside with the reason.
create table if not exists incoming (
    exchange_id text not null, seq integer not null, leaf text not null, statement text not null,
    sender text, message_id text, header text, content text, aside text, primary key (exchange_id, seq));
create unique index if not exists applied_once on incoming (sender, message_id) where aside is null and message_id is not null;
create table if not exists told (event_id text primary key, statement text not null);
-- Exchanges of which the hub owes us something, and up to which seq as far as we know.
create table if not exists owed (exchange_id text primary key, seq integer not null);
"""


class Store:
    def __init__(self, path):
        # Content is personal data: readable by its owner alone.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        self.db = sqlite3.connect(path, timeout=30, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.executescript("pragma journal_mode = wal; pragma synchronous = full;" + TABLES)

    @contextlib.contextmanager
    def transaction(self):
        """All or nothing, on disk when it ends; another process of the same county waits."""
        self.db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.db.execute("rollback")
            raise
        self.db.execute("commit")

    def get(self, name, default=None):
        row = self.db.execute("select value from meta where name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row["value"])

    def put(self, name, value):
        self.db.execute("insert or replace into meta values (?, ?)", (name, json.dumps(value)))

    # Outgoing

    def add(self, header, content, body):
        self.db.execute(
            "insert into outgoing (message_id, exchange_id, header, content, body) values (?, ?, ?, ?, ?)",
            (header["messageId"], header.get("exchangeId"), json.dumps(header), json.dumps(content), body.decode("ascii")),
        )

    def outgoing(self, message_id):
        return self.db.execute("select * from outgoing where message_id = ?", (message_id,)).fetchone()

    def all_outgoing(self):
        return self.db.execute("select * from outgoing order by rowid").fetchall()

    def due(self, now):
        """What may be published when its time has come: of each exchange its oldest message without a receipt alone; none that follows
        an exchange in which an earlier one of ours still waits."""
        return self.db.execute(
            """select * from outgoing as o where state = 'waiting' and next_try <= ? and not exists (
                   select 1 from outgoing as e where e.exchange_id in (o.exchange_id, json_extract(o.header, '$.follows'))
                       and e.state = 'waiting' and e.rowid < o.rowid)
               order by rowid""", (now,)).fetchall()

    def waiting(self):
        return self.db.execute("select count(*) from outgoing where state = 'waiting'").fetchone()[0]

    def tried(self, message_id, tries, next_try):
        self.db.execute("update outgoing set tries = ?, next_try = ? where message_id = ?", (tries, next_try, message_id))

    def answered(self, message_id, statement):
        self.db.execute("update outgoing set state = ?, statement = ? where message_id = ?", (statement["what"], json.dumps(statement), message_id))

    # Incoming

    def leaf_at(self, exchange_id, seq):
        row = self.db.execute("select leaf from incoming where exchange_id = ? and seq = ?", (exchange_id, seq)).fetchone()
        return row and row["leaf"]

    def last_seq(self, exchange_id):
        return self.db.execute("select coalesce(max(seq), 0) from incoming where exchange_id = ?", (exchange_id,)).fetchone()[0]

    def applied(self, sender, message_id):
        return self.db.execute(
            "select 1 from incoming where sender = ? and message_id = ? and aside is null", (sender, message_id)).fetchone() is not None

    def take(self, statement, leaf, header=None, content=None, aside=None):
        self.db.execute(
            "insert into incoming values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (statement["exchangeId"], statement["seq"], leaf, json.dumps(statement), statement.get("from"), statement.get("messageId"),
             header and json.dumps(header), None if content is None else json.dumps(content), aside))

    def tell(self, statement):
        """An event outside of any exchange. False: had it already."""
        return self.db.execute("insert or ignore into told values (?, ?)", (statement["eventId"], json.dumps(statement))).rowcount == 1

    def incoming(self, exchange_id):
        return self.db.execute("select * from incoming where exchange_id = ? order by seq", (exchange_id,)).fetchall()

    def headers_of(self, exchange_id):
        """Headers of both sides' messages in an exchange: ours that were not refused, theirs that were opened."""
        ours = self.db.execute("select header from outgoing where exchange_id = ? and state <> 'refused' order by rowid", (exchange_id,))
        theirs = self.db.execute("select header from incoming where exchange_id = ? and header is not null order by seq", (exchange_id,))
        return [json.loads(row["header"]) for row in ours], [json.loads(row["header"]) for row in theirs]

    def exchanges(self):
        return [row[0] for row in self.db.execute(
            "select exchange_id from outgoing where exchange_id is not null union select exchange_id from incoming").fetchall()]

    def owe(self, exchange_id, seq):
        self.db.execute("insert into owed values (?, ?) on conflict (exchange_id) do update set seq = max(seq, excluded.seq)", (exchange_id, seq))

    def paid(self, exchange_id):
        """Ends the debt, unless what is known to exist is not there."""
        self.db.execute("delete from owed where exchange_id = ? and seq <= ?", (exchange_id, self.last_seq(exchange_id)))

    def owed(self):
        return [row[0] for row in self.db.execute("select exchange_id from owed").fetchall()]
