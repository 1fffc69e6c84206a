-- The request that a job came from, as logs name it; empty: none.
ALTER TABLE jobs ADD COLUMN cause TEXT COLLATE "C" NOT NULL DEFAULT '';
