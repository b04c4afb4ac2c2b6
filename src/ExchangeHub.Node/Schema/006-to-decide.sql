-- What waits for this county's decision, found without reading its whole past: an answer of a person's, a request for more time.
alter table node.exchanges add column to_decide boolean not null generated always as (coalesce(
    side = 'Asker' and (phase = 'Answered' and not coalesce((state ->> 'automatic')::boolean, false)
        or phase in ('Open', 'Disputed') and not (state #> '{extensions,-1}') ? 'decision'), false)) stored;
create index exchanges_to_decide on node.exchanges (county, received_at desc, id desc) where to_decide;

-- A day whose report the hub refused is due again, an hour after.
alter table node.reports add column refused_at timestamptz;
