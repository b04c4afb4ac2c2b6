-- Who moved between this county and another: the county's own records, and what the other county's notices told.
create table node.movements (
    county text not null,
    id bigint generated always as identity,
    -- in: came here from the counterpart; out: left for it.
    direction text not null check (direction in ('in', 'out')),
    counterpart text not null,
    id_key text not null,
    person_id text not null,
    person_name text not null,
    moved_on date not null,
    -- Where it came from first: Own, or the other county's Notice.
    source text not null,
    -- OwnOnly: the other side is not known to have it. ToldOnly: this county has no record of its own. Matched: both. Ended.
    state text not null,
    recorded_at timestamptz not null,
    -- The own notice (an exchange) that made the record; none where a file or a person did.
    made_by uuid,
    -- The own notice that told of it, and when.
    notice_id uuid,
    notified_at timestamptz,
    -- The other county's notice that told of it.
    told_by uuid,
    -- The notice that ended it, and the state before.
    ended_by uuid,
    ended_from text,
    -- The last day on which the other county confirmed how the person can be reached.
    contact_on date,
    primary key (county, id));
-- One record of a person's move in force at a time.
create unique index movements_live on node.movements (county, direction, id_key, counterpart) where state <> 'Ended';
create index movements_person on node.movements (county, id_key) where state <> 'Ended';
create index movements_one_sided on node.movements (county, id) where state in ('OwnOnly', 'ToldOnly');
create index movements_recorded on node.movements (county, recorded_at);
create index movements_made_by on node.movements (county, made_by) where made_by is not null;
create index movements_told_by on node.movements (county, told_by) where told_by is not null;
create index movements_ended_by on node.movements (county, ended_by) where ended_by is not null;

-- Which exchanges follow one.
create index exchanges_follows on node.exchanges (county, (state ->> 'follows')) where state ? 'follows';
