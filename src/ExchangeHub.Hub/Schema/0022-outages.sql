-- Outages are rules now: a date may be set later that lies inside one. A county's own says who recorded it and why.
alter table hub.outages add column account text, add column reason text;
update hub.versions set number = number + 1 where what = 'rules';
-- An exchange of which a message is held is told and closed nothing.
create index quarantine_held on hub.quarantine (exchange_id) where replayed_at is null and body is not null;
