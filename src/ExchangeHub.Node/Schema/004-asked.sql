-- The check (an exchange) that asks about the record last: while it waits, nobody asks again.
alter table node.movements add column asked_by uuid;
create index movements_notice on node.movements (county, notice_id) where notice_id is not null;
