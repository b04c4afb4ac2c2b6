-- Who ended a county or took that back, and when. Nothing reads it but people; nothing leaves it.
create table hub.closure_acts (
    id int generated always as identity primary key,
    code text not null,
    status text,                         -- null: it does not end after all
    ended_on date,
    successors text[],
    account text not null,
    at timestamptz not null
);
