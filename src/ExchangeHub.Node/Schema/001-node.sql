-- The node's own tables. Every row belongs to one county; every query names it.
-- Values of the node itself, not of a county: the business clock's offset.
create table node.settings (
    name text primary key,
    value text not null);

-- One exchange as one county sees it. `state` is the whole view; the columns beside it are what lists and locks need.
create table node.exchanges (
    county text not null,
    id uuid not null,
    position bigint generated always as identity,
    side text not null,
    counterpart text not null,
    kind text not null,
    phase text not null,
    case_number text,
    -- Owed by this county and not yet answered: the worklist.
    owed boolean not null,
    -- Asked by this county and not yet ended: waiting for the other side.
    awaited boolean not null,
    received_at timestamptz not null,
    acknowledged boolean not null,
    ack_due_at timestamptz,
    due_on date,
    due_at timestamptz,
    ended_at timestamptz,
    state jsonb not null,
    primary key (county, id));
-- Plain values stay plain on disk, so that a search for what a node holds is honest; states are small anyway.
alter table node.exchanges alter column state set storage external;
create index exchanges_owed on node.exchanges (county, due_at, id) where owed;
create index exchanges_awaited on node.exchanges (county, received_at desc, id) where awaited;
create index exchanges_position on node.exchanges (county, position) where side = 'Receiver';
create index exchanges_asked on node.exchanges (county, ended_at desc, id) where side = 'Asker' and not awaited;

create table node.timeline (
    county text not null,
    exchange_id uuid not null,
    position bigint generated always as identity,
    at timestamptz not null,
    what text not null,
    actor text,
    code text,
    detail jsonb,
    note text,
    automatic boolean not null default false,
    message_id uuid,
    primary key (county, exchange_id, position));

-- What this county sends: kept until the hub's receipt, and after it as the county's own copy.
create table node.outgoing (
    county text not null,
    message_id uuid not null,
    position bigint generated always as identity,
    exchange_id uuid not null,
    kind text not null,
    receiver text not null,
    header jsonb not null,
    body bytea not null,
    digest text not null,
    content jsonb not null,
    account text,
    stored_at timestamptz not null,
    traceparent text,
    -- waiting, accepted, refused, held
    state text not null default 'waiting',
    tries int not null default 0,
    next_try_at timestamptz,
    receipt jsonb,
    receipt_at timestamptz,
    codes text[],
    fields text[],
    primary key (county, message_id));
-- A sealed body cannot be compressed: trying costs more than it saves.
alter table node.outgoing alter column content set storage external, alter column body set storage external;
create index outgoing_waiting on node.outgoing (county, position) where state = 'waiting';
create index outgoing_waiting_exchange on node.outgoing (county, exchange_id, position) where state = 'waiting';
create index outgoing_recent on node.outgoing (county, position desc);

-- What was applied, by place in its exchange: a repeat is dropped, another leaf at the same place is fraud.
create table node.incoming (
    county text not null,
    exchange_id uuid not null,
    seq int not null,
    leaf_hash text not null,
    type text not null,
    message_id uuid,
    stamp jsonb not null,
    applied_at timestamptz not null,
    primary key (county, exchange_id, seq));

-- Tokens applied: kept 400 days, as long as the hub takes old ones.
create table node.applied (
    county text not null,
    iss text not null,
    jti uuid not null,
    applied_at timestamptz not null,
    primary key (county, iss, jti));
create index applied_age on node.applied (applied_at);

-- What could not be applied, for the operator. The body stays sealed.
create table node.put_aside (
    county text not null,
    position bigint generated always as identity,
    at timestamptz not null,
    reason text not null,
    detail text not null,
    exchange_id uuid not null,
    seq int not null,
    message_id uuid not null,
    body bytea,
    stamp jsonb not null,
    primary key (county, position));

-- What an operator must know. The same notice again is dropped.
create table node.notices (
    county text not null,
    position bigint generated always as identity,
    at timestamptz not null,
    code text not null,
    detail text not null,
    exchange_id uuid,
    message_id uuid,
    primary key (county, position),
    unique nulls not distinct (county, code, detail, exchange_id, message_id));

-- Where each county stands in the hub's feeds.
create table node.cursors (
    county text not null,
    feed text not null,
    cursor text not null,
    primary key (county, feed));

-- The county's register of certificates; keys are the columns after NFKC and trimming.
create table node.register (
    county text not null,
    certificate_type text not null,
    number_key text not null,
    certificate_number text not null,
    holder_name text not null,
    holder_id text not null,
    id_key text not null,
    issued_on date,
    valid_until date,
    status text not null,
    imported_at timestamptz not null,
    primary key (county, certificate_type, number_key));
create index register_person on node.register (county, id_key);

-- The asker's own numbers: code, Shanghai day, counter.
create table node.case_numbers (
    county text not null,
    day date not null,
    last int not null,
    primary key (county, day));
create index exchanges_case_number on node.exchanges (county, case_number) where case_number is not null;
