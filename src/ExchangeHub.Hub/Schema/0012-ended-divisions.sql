-- A code that left the table: it takes no part any more, but what it owes is still counted by its province.
alter table hub.divisions add column ended boolean not null default false;
