-- What other processes on this database (the command line) have to say to the server. It reads
-- them by id, tells its bus, and removes them.
CREATE TABLE notices (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    topic   TEXT NOT NULL,
    payload TEXT NOT NULL
) STRICT;
