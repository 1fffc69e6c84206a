-- What was removed here and is still in the second store, which we may not remove from: for whoever may, or for
-- the store's own rule. Keys and prefixes, as in doomed.
CREATE TABLE left_behind (
    key     TEXT COLLATE "C" PRIMARY KEY,
    left_at BIGINT NOT NULL
);
