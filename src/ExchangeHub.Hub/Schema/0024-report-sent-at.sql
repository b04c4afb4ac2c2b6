-- Of several reports of a day holds the one sent last, which a replay of an older one must not change.
alter table hub.reports add column sent_at timestamptz;
update hub.reports set sent_at = accepted_at;
alter table hub.reports alter column sent_at set not null;
