-- +goose Up

-- Everything that a terminal does between sign-on and settlement.

-- What only some transactions have, as JSON: a partial approval, cashback, instalments, a
-- notice, a manager's word on an exception. Empty where there is nothing.
ALTER TABLE txn ADD COLUMN terms TEXT NOT NULL DEFAULT '';

-- How far the closing of a batch has come.
ALTER TABLE batch ADD COLUMN confirmed   INTEGER NOT NULL DEFAULT 0; -- TCs acknowledged
ALTER TABLE batch ADD COLUMN uploaded    INTEGER NOT NULL DEFAULT 0; -- records acknowledged
ALTER TABLE batch ADD COLUMN differences TEXT    NOT NULL DEFAULT ''; -- JSON list of records on which the host does not agree

-- What the host sent: working keys under the terminal's master key, and parameters.
ALTER TABLE session ADD COLUMN keys       BLOB NOT NULL DEFAULT x'';
ALTER TABLE session ADD COLUMN parameters BLOB NOT NULL DEFAULT x'';

-- What the host is to be told of the issuer's scripts, until it acknowledges.
CREATE TABLE confirmation (
    seq      INTEGER PRIMARY KEY,
    txn      TEXT    NOT NULL UNIQUE REFERENCES txn (id),
    attempts INTEGER NOT NULL,             -- messages begun
    code     TEXT    NOT NULL              -- of the acknowledgement; empty before
) STRICT;
CREATE INDEX confirmation_waiting ON confirmation (seq) WHERE code = '';

-- More kinds and more states. A CHECK changes nothing of what is stored, so it is changed
-- where the schema is written, as SQLite's "Making Other Kinds Of Table Schema Changes"
-- has it.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
    'CHECK (kind IN (''sale'', ''void'', ''refund''))',
    'CHECK (kind IN (''sale'', ''void'', ''refund'', ''preauth'', ''increment'', ''completion'', ''cash_advance'', ''tip''))')
WHERE type = 'table' AND name = 'txn';
UPDATE sqlite_schema SET sql = replace(sql,
    'CHECK (state IN (''OPEN'', ''CLOSING'', ''CLOSED'', ''RECONCILE_ERROR''))',
    'CHECK (state IN (''OPEN'', ''CLOSING'', ''UPLOADING'', ''TRAILER'', ''CLOSED'', ''RECONCILE_ERROR''))')
WHERE type = 'table' AND name = 'batch';
PRAGMA writable_schema = RESET;

PRAGMA user_version = 4;
