-- Once, on the primary: psql -f syncwatch.sql. Then \password syncwatch and, without Patroni, \password replicator.
-- The nodes make the tables themselves.
CREATE ROLE syncwatch LOGIN CONNECTION LIMIT 180;
CREATE DATABASE syncwatch OWNER syncwatch ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE syncwatch FROM PUBLIC;
-- Patroni makes this one itself.
SELECT 'CREATE ROLE replicator LOGIN REPLICATION'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'replicator')\gexec
