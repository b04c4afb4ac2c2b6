-- One row for the same new keys, however often they are asked for.
alter table hub.enrolments add column kid text; -- of the new signing key, by the request's own protected header
update hub.enrolments set kid = convert_from(decode(
    rpad(translate(split_part(request, '.', 1), '-_', '+/'), (length(split_part(request, '.', 1)) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::json ->> 'kid';
delete from hub.enrolments e using hub.enrolments later
where later.party = e.party and later.kid = e.kid and (later.at, later.id) > (e.at, e.id);
alter table hub.enrolments alter column kid set not null;
create unique index on hub.enrolments (party, kid);
