-- The ledger: everything one batch writes in its one transaction.
create table hub.batches (
    batch uuid primary key,
    epoch int not null,                  -- one more after each restore from a copy
    size int not null,
    root text not null,                  -- the signed root, JWS
    leaf_hashes bytea not null,          -- size × 32 bytes: every path can be built again
    at timestamptz not null
);

-- The duplicate test, kept for ever: what was said to (authenticated county, message id).
create table hub.submissions (
    county text not null,
    message_id uuid not null,
    digest bytea not null,
    batch uuid not null,
    index int not null,
    verdict text not null check (verdict in ('accepted', 'refused', 'held')),
    codes text[] not null,
    leaf bytea not null,
    tx xid8 not null default pg_current_xact_id(),
    primary key (county, message_id)
);
create index on hub.submissions (county, tx, index);

-- One row per exchange, locked while its messages are folded. A row without state is free: its opening was refused.
create table hub.exchanges (
    id uuid primary key,
    asker text,
    receiver text,
    kind text,
    phase text,
    state jsonb
);

-- Everything a county owes. A due date never changes in place: the row ends, the next opens.
create table hub.obligations (
    exchange_id uuid not null,
    ordinal int not null,
    unit text not null,
    counterpart text not null,
    duty text not null,
    kind text not null,
    scope text not null,
    reason text,
    direction text not null,
    test boolean not null,
    automatic boolean not null,
    delivered_at timestamptz not null,
    opened_at timestamptz not null,
    due_on date,
    due_at timestamptz,
    fulfilled_at timestamptz,
    withdrawn_at timestamptz,
    ended_at timestamptz,
    ended_why text,
    overdue_told_at timestamptz,
    primary key (exchange_id, ordinal)
);
create index obligations_open_due on hub.obligations (due_at)
    where fulfilled_at is null and ended_at is null;
create index obligations_to_tell on hub.obligations (due_at)
    where fulfilled_at is null and ended_at is null and withdrawn_at is null and overdue_told_at is null;
create index obligations_pending_date on hub.obligations (exchange_id)
    where due_on is null and ended_at is null;
create index on hub.obligations (unit, due_on);
create index on hub.obligations (unit, delivered_at);
create index on hub.obligations (counterpart, delivered_at);
create index on hub.obligations (due_on);
create index on hub.obligations (delivered_at);

-- What counties are told, in the order they must apply it; the feed reads here.
-- tx: ids of transactions order the feed, because a smaller row number may commit later than a larger one.
create table hub.deliveries (
    batch uuid not null,
    index int not null,
    addressee text not null,
    exchange_id uuid,
    seq int,
    type text not null,
    leaf bytea not null,
    message_id uuid not null,            -- of the submission, or the event's id
    sender text,                         -- null: an event of the hub
    body bytea,                          -- the submitted bytes, while they are kept
    traceparent text,
    accepted_at timestamptz not null,
    confirmed_at timestamptz,
    tx xid8 not null default pg_current_xact_id(),
    primary key (batch, index)
);
-- A sealed body cannot be compressed: trying costs more than it saves.
alter table hub.deliveries alter column body set storage external;
create unique index on hub.deliveries (exchange_id, addressee, seq) where exchange_id is not null;
create index on hub.deliveries (addressee, tx, index);

-- What the broker has not yet confirmed: a delivery (leaf null) or one receipt. Short-lived rows.
create table hub.pending (
    batch uuid not null,
    index int not null,
    addressee text not null,
    leaf bytea,
    since timestamptz not null,          -- system clock: the sweep's measure
    not_before timestamptz,              -- system clock: parked until then
    attempts int not null default 0,
    failed text,
    primary key (batch, index, addressee)
);
create index on hub.pending (since);

create table hub.quarantine (
    id uuid primary key,
    at timestamptz not null,
    reason text not null,
    county text,
    message_id uuid,
    exchange_id uuid,
    digest bytea not null,
    body bytea not null,
    properties jsonb not null,
    replayed_at timestamptz,
    verdict text
);
create index on hub.quarantine (at desc);
