-- Accounts and guests. username_key is the form that must be unique: lower case.
CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('user', 'guest')),
    username      TEXT,
    username_key  TEXT UNIQUE,
    display_name  TEXT NOT NULL,
    admin         INTEGER NOT NULL CHECK (admin IN (0, 1)),
    password_hash TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    CHECK ((kind = 'user') = (username IS NOT NULL)),
    CHECK ((username IS NULL) = (username_key IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX users_of_kind ON users (kind, created_at);

-- Who has this file cannot sign in with it: tokens are kept as SHA-256 alone.
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE invitations (
    token_hash BLOB PRIMARY KEY,
    created_by TEXT REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_of_user ON invitations (created_by);
