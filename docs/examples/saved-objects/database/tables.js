// The tables of the example, in the SQL that SQLite and PostgreSQL have in common; `JSON_TYPE`
// is all that differs. database/sqlite.js and database/postgres.js run it when they open.
// One saved object is one row. `spaces`, `reference_keys` and `words` say in JSON arrays
// what find() looks for, so that a point in time is a plain copy of the rows.

const OBJECT_COLUMNS = `
  scope text NOT NULL,
  type text NOT NULL,
  id text NOT NULL,
  version text NOT NULL,
  spaces JSON_TYPE NOT NULL,
  attributes JSON_TYPE NOT NULL,
  reference_list JSON_TYPE NOT NULL,
  reference_keys JSON_TYPE NOT NULL,
  words JSON_TYPE NOT NULL,
  origin_id text,
  created_at text NOT NULL,
  created_by text,
  updated_at text NOT NULL,
  updated_by text`

const TABLES = `
CREATE TABLE IF NOT EXISTS saved_objects (${OBJECT_COLUMNS},
  PRIMARY KEY (scope, type, id));
CREATE TABLE IF NOT EXISTS points_in_time (
  id text PRIMARY KEY,
  expires_at text NOT NULL);
CREATE TABLE IF NOT EXISTS saved_objects_in_time (
  point_in_time text NOT NULL REFERENCES points_in_time (id) ON DELETE CASCADE,${OBJECT_COLUMNS},
  PRIMARY KEY (point_in_time, scope, type, id));
CREATE TABLE IF NOT EXISTS spaces (
  id text PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL);
CREATE TABLE IF NOT EXISTS users (
  name text PRIMARY KEY,
  id text NOT NULL UNIQUE,
  full_name text NOT NULL,
  password_hash text NOT NULL,
  roles JSON_TYPE NOT NULL,
  spaces JSON_TYPE NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
  secret_hash text PRIMARY KEY,
  id text NOT NULL UNIQUE,
  user_name text NOT NULL REFERENCES users (name) ON DELETE CASCADE,
  created_at text NOT NULL,
  expires_at text NOT NULL);
`

/**
 * Returns the statements that create what is missing; harmless on a database that has it all.
 *
 * @param {'text' | 'jsonb'} jsonType the database's type for JSON
 */
export function createTables (jsonType) {
  return TABLES.replaceAll('JSON_TYPE', jsonType)
}
