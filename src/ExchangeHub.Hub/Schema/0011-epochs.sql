-- The hub's word from one restore to the next. The newest row holds; every batch reads it in its own transaction.
create table hub.epochs (
    epoch int primary key,
    tag text not null,                   -- random: two restores of one copy count to the same number
    origin text                          -- the server that writes in it; null: the first that comes
);
insert into hub.epochs (epoch, tag) values (1, left(gen_random_uuid()::text, 8));

-- The greatest T that figures were told for: nothing is stamped at or before it any more.
create table hub.answered (
    only_row boolean primary key default true check (only_row),
    at timestamptz not null
);
insert into hub.answered (at) values ('2000-01-01T00:00:00Z');

-- A row's place in the feed: epoch, then transaction. Another server counts its transactions anew.
alter table hub.submissions alter column tx drop default, alter column tx type bigint using (1::bigint << 48) + tx::text::bigint;
alter table hub.deliveries alter column tx drop default, alter column tx type bigint using (1::bigint << 48) + tx::text::bigint;
alter table hub.submissions rename column tx to place;
alter table hub.deliveries rename column tx to place;
