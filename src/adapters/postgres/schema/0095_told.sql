-- Who was told of what is wrong with backups, so that whoever makes them next does not say all of it again. Of no use to
-- another installation.
CREATE TABLE told (
    channel TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    severity BIGINT NOT NULL,
    component TEXT COLLATE "C" NOT NULL,
    what TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (channel, key)
);
