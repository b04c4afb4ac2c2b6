-- What is overdue and open as of a past T: rows open today (obligations_open_due), and rows answered or ended since T.
create index obligations_answered on hub.obligations (fulfilled_at) where duty = 'feedback';
create index obligations_ended on hub.obligations (ended_at) where ended_at is not null;
