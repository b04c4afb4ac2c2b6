-- When the hub has something to tell of an exchange, or to close it: reminders, overdue, escalation, closing. Null: never, as things stand.
alter table hub.exchanges add column look_at timestamptz;
create index exchanges_to_look_at on hub.exchanges (look_at) where look_at is not null;
-- What was open before is looked at once, and gets its next time then.
update hub.exchanges e set look_at = '2000-01-01T00:00:00Z'
where e.phase = 'Answered' or exists (select 1 from hub.obligations o where o.exchange_id = e.id and o.due_at is not null
    and o.fulfilled_at is null and o.ended_at is null and o.withdrawn_at is null);
drop index hub.obligations_to_tell;
alter table hub.obligations add column escalated_at timestamptz;
create index obligations_escalated on hub.obligations (unit, escalated_at desc) where escalated_at is not null;

-- How provinces follow up what their counties owe; what the newest row of a province and day says holds.
create table hub.follow_ups (
    id int generated always as identity primary key,
    province text,                       -- null: every province
    effective_from date not null,
    reminders text not null,             -- steps, by blank: -1@09:00 0@15:00 1@09:00
    escalation text,
    dispute_within int not null,
    close_after int not null
);

-- What counties report of a day. The newest of a day holds; earlier ones stay as evidence.
create table hub.reports (
    county text not null,
    day date not null,
    accepted_at timestamptz not null,
    message_id uuid not null,
    test boolean not null,
    signed_in boolean not null,
    counts jsonb not null,
    primary key (county, message_id)
);
create index on hub.reports (county, day, accepted_at desc);
