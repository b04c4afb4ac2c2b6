-- Keys and enrolment. The registrar signs; the hub keeps what was signed, byte by byte.
create table hub.registry_snapshots (
    number int primary key,
    snapshot text not null,
    received_at timestamptz not null
);

create table hub.registry_entries (
    party text primary key,
    entry bytea not null,                -- exactly the bytes that the snapshot's tree covers
    number int not null                  -- of the snapshot that brought it
);

create table hub.takes (
    county text primary key,
    types text[] not null,
    at timestamptz not null
);

create table hub.enrolments (
    id uuid primary key,
    party text not null,
    request text not null,
    mac text,
    endorsement text,
    at timestamptz not null
);
create index on hub.enrolments (at);

-- What running hubs keep in memory; a larger number means: read again.
create table hub.versions (
    what text primary key,
    number bigint not null
);
insert into hub.versions (what, number) values ('registry', 0), ('rules', 0);
