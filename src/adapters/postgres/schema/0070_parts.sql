-- Who waits for a film is asked each time that one is to be prepared.
CREATE INDEX room_playback_of_video ON room_playback (video);
CREATE INDEX queue_items_of_video ON queue_items (video);

-- Stretches of a film's pictures that are offered to workers beside the one that holds the job, from
-- first_segment up to last_segment. `claim` as in jobs.
CREATE TABLE job_parts (
    job           UUID NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    first_segment BIGINT NOT NULL,
    last_segment  BIGINT NOT NULL,
    next_segment  BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    claim         BIGINT NOT NULL,
    worker        TEXT COLLATE "C" NOT NULL,
    leased_until  BIGINT,
    PRIMARY KEY (job, first_segment)
);

-- What was made of them. The film's own segments follow when those before are there.
CREATE TABLE part_segments (
    job         UUID NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    stream      TEXT COLLATE "C" NOT NULL,
    number      BIGINT NOT NULL,
    duration_us BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    init        BIGINT NOT NULL,
    PRIMARY KEY (job, stream, number)
);
