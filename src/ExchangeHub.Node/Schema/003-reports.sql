-- Days that were reported to the hub, each by its latest report.
create table node.reports (
    county text not null,
    day date not null,
    message_id uuid not null,
    sent_at timestamptz not null,
    primary key (county, day));
