-- People of one application: who may sign in, their tokens, and what they looked at. Applied by an explicit step, safe to repeat.
create schema if not exists people;

create table if not exists people.accounts (
    account       text primary key,
    display_name  text        not null,
    role          text        not null,
    county        text        null,
    province      text        null,
    password_hash text        not null,
    -- Changes with the password and with a lock: cookies and tokens that carry another one are worth nothing.
    stamp         uuid        not null default gen_random_uuid()
);

create table if not exists people.tokens (
    token_hash bytea primary key,
    account    text        not null references people.accounts on delete cascade,
    stamp      uuid        not null,
    expires_at timestamptz not null
);
create index if not exists tokens_by_expiry on people.tokens (expires_at);

-- Wrong passwords in a row by the name that was typed (SHA-256), whether there is such an account or not.
create table if not exists people.failures (
    name_hash bytea primary key,
    failures  integer     not null,
    last_at   timestamptz not null
);
create index if not exists failures_by_last on people.failures (last_at);

-- On which days (Asia/Shanghai) people of a county signed in: attendance is reported from it.
create table if not exists people.sign_ins (
    county  text not null,
    day     date not null,
    account text not null,
    role    text not null,
    primary key (county, day, account)
);

-- Only ever added to: who, when, what, why.
create table if not exists people.audit (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    account text        not null,
    county  text        null,
    action  text        not null,
    subject text        not null,
    reason  text        not null
);
create index if not exists audit_by_subject on people.audit (subject, id);

-- Keys that protect sign-in cookies: in the database, so that several processes of one application accept each other's cookies.
create table if not exists people.protection_keys (
    name text primary key,
    xml  text not null
);
