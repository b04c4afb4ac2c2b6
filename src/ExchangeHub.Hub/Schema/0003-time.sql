-- Clocks, outages, calendar, policies, divisions.
create table hub.beats (
    process uuid primary key,
    at timestamptz not null              -- business clock
);

create table hub.outages (
    id uuid primary key,
    unit text,                           -- null: the hub's own
    began_at timestamptz not null,
    ended_at timestamptz not null,
    moved_at timestamptz                 -- null: deadlines inside it are not all moved yet
);

-- The demonstration clock: business time is system time plus this. It never goes back.
create table hub.clock (
    only_row boolean primary key default true check (only_row),
    ahead interval not null
);
insert into hub.clock (ahead) values (interval '0');

create table hub.calendar_years (
    year int primary key                 -- years that have the State Council's table; others are pending
);

create table hub.calendar_days (
    day date not null,
    province text not null default '',   -- '': the State Council's
    works boolean not null,
    occasion text not null,
    primary key (day, province)
);

create table hub.policies (
    id int generated always as identity primary key,
    province text,
    kind text,
    scope text,
    urgent boolean not null,
    effective_from date not null,
    effective_until date,
    acknowledgement text not null,
    feedback text not null
);

create table hub.divisions (
    code text primary key,
    name text not null,
    level text not null,
    parent text
);
create index on hub.divisions (parent);
