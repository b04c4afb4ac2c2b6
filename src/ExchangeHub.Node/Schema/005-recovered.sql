-- Own messages of which this database learnt from the hub: it is a copy from before them. Their content is not known.
alter table node.outgoing add column recovered boolean not null default false;
create index outgoing_recovered on node.outgoing (county, exchange_id) where recovered;
