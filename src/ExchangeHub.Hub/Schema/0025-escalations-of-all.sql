-- A province and the whole hub read escalations newest first, in pages: by unit alone each page would sort the past.
create index obligations_escalated_of_all on hub.obligations (escalated_at desc, exchange_id desc, ordinal desc) where escalated_at is not null and not test;
