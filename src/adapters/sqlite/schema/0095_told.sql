-- Who was told of what is wrong with backups, so that whoever makes them next does not say all of it again. Of no use to
-- another installation.
CREATE TABLE told (
    channel TEXT NOT NULL,
    key TEXT NOT NULL,
    severity INTEGER NOT NULL,
    component TEXT NOT NULL,
    what TEXT NOT NULL,
    since INTEGER NOT NULL,
    told_at INTEGER NOT NULL,
    PRIMARY KEY (channel, key)
);
