-- Nor are body and properties kept of what nobody can replay: without an authenticated sender or a readable id there is no receipt to give.
update hub.quarantine set body = null, properties = null where county is null or message_id is null;
