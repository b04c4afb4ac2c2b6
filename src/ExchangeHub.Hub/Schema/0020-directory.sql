-- How a county ended or will end. Its rows stay under its code.
create table hub.closures (
    code text primary key,
    status text not null,
    ended_on date not null,              -- the first day on which it takes no part
    successors text[] not null
);

-- What a county says of itself, for people of others.
create table hub.county_details (
    county text primary key,
    details jsonb not null,
    at timestamptz not null
);

create table hub.agreements (
    id uuid primary key,
    entry int generated always as identity, -- of two that begin on one day the later entry counts
    one text not null,
    other text not null,
    starts_on date not null,
    ends_on date,                        -- the last day; null: open
    kinds text[] not null,               -- empty: all
    acknowledgement text,                -- null: the policy's
    feedback text,
    contacts jsonb not null,
    account text not null,               -- who entered it last
    at timestamptz not null
);

-- Provinces whose counties answer only under an agreement.
create table hub.agreement_demands (
    province text primary key
);

insert into hub.versions (what, number) values ('directory', 1);

-- What all counties were told of last by registry-change.
create table hub.announced (
    only_row boolean primary key default true check (only_row),
    snapshot int not null,
    directory bigint not null
);
insert into hub.announced (snapshot, directory) values (0, 0);
