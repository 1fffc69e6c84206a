-- What was said in rooms. Its author may be gone since: the words stay, under the name they had.
CREATE TABLE room_messages (
    id       TEXT PRIMARY KEY,
    room     TEXT NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
    sent_at  INTEGER NOT NULL,
    author   TEXT NOT NULL,
    name     TEXT NOT NULL,
    text     TEXT NOT NULL,
    reply_to TEXT,
    position REAL,
    request  TEXT NOT NULL
) STRICT;
CREATE INDEX room_messages_in_order ON room_messages (room, sent_at, id);
CREATE INDEX room_messages_by_request ON room_messages (room, author, request);

-- The queue of a room; its version counts the changes.
CREATE TABLE room_queues (
    room    TEXT PRIMARY KEY REFERENCES rooms (code) ON DELETE CASCADE,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_items (
    id       TEXT PRIMARY KEY,
    room     TEXT NOT NULL REFERENCES rooms (code) ON DELETE CASCADE,
    place    INTEGER NOT NULL,
    video    TEXT NOT NULL,
    added_by TEXT NOT NULL,
    request  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_items_in_order ON queue_items (room, place);

CREATE TABLE queue_votes (
    number  INTEGER PRIMARY KEY,
    item    TEXT NOT NULL REFERENCES queue_items (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    UNIQUE (item, user_id)
) STRICT;

-- Where the film stands: at room time at_us it is at position, and from then on it stands or runs.
CREATE TABLE room_playback (
    room          TEXT PRIMARY KEY REFERENCES rooms (code) ON DELETE CASCADE,
    item          TEXT,
    video         TEXT,
    paused        INTEGER NOT NULL CHECK (paused IN (0, 1)),
    rate          REAL NOT NULL,
    position      REAL NOT NULL,
    at_us         INTEGER NOT NULL,
    stamp_wall_us INTEGER NOT NULL,
    stamp_counter INTEGER NOT NULL,
    stamp_node    TEXT NOT NULL,
    by_user       TEXT,
    held          INTEGER NOT NULL CHECK (held IN (0, 1)),
    saved_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
