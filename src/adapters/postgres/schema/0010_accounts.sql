-- Accounts and guests. username_key is the form that must be unique: lower case.
CREATE TABLE users (
    id            UUID PRIMARY KEY,
    kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('user', 'guest')),
    username      TEXT COLLATE "C",
    username_key  TEXT COLLATE "C" UNIQUE,
    display_name  TEXT COLLATE "C" NOT NULL,
    admin         BOOLEAN NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    created_at    BIGINT NOT NULL,
    CHECK ((kind = 'user') = (username IS NOT NULL)),
    CHECK ((username IS NULL) = (username_key IS NULL))
);
CREATE INDEX users_of_kind ON users (kind, created_at);

-- Who has this file cannot sign in with it: tokens are kept as SHA-256 alone.
CREATE TABLE sessions (
    id         UUID PRIMARY KEY,
    user_id    UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE invitations (
    token_hash BYTEA PRIMARY KEY,
    created_by UUID REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX invitations_of_user ON invitations (created_by);
