-- Who waits for a film is asked each time that one is to be prepared.
CREATE INDEX room_playback_of_video ON room_playback (video);
CREATE INDEX queue_items_of_video ON queue_items (video);

-- Stretches of a film's pictures that are offered to workers beside the one that holds the job, from
-- first_segment up to last_segment. `claim` as in jobs.
CREATE TABLE job_parts (
    job           TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    first_segment INTEGER NOT NULL,
    last_segment  INTEGER NOT NULL,
    next_segment  INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    claim         INTEGER NOT NULL,
    worker        TEXT NOT NULL,
    leased_until  INTEGER,
    PRIMARY KEY (job, first_segment)
) STRICT, WITHOUT ROWID;

-- What was made of them. The film's own segments follow when those before are there.
CREATE TABLE part_segments (
    job         TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    stream      TEXT NOT NULL,
    number      INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    init        INTEGER NOT NULL,
    PRIMARY KEY (job, stream, number)
) STRICT, WITHOUT ROWID;
