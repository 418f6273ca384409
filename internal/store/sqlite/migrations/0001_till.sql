-- +goose Up

-- A batch is the transactions of one terminal between two settlements. The first of a
-- store has no terminal until one uses it.
CREATE TABLE batch (
    number    INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 999999),
    terminal  TEXT    NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('OPEN', 'CLOSING', 'CLOSED', 'RECONCILE_ERROR')),
    currency  TEXT    NOT NULL,             -- of its card transactions; empty before the first
    opened_at TEXT    NOT NULL,
    closed_at TEXT    NOT NULL,
    stan      INTEGER NOT NULL,
    attempts  INTEGER NOT NULL,
    ours      TEXT    NOT NULL,             -- JSON of the totals, frozen when it left OPEN
    theirs    TEXT    NOT NULL              -- JSON of the host's totals where they differed
) STRICT;
CREATE UNIQUE INDEX batch_open ON batch (terminal) WHERE state = 'OPEN';

-- Texts are empty and not NULL where there is nothing, except for a reference.
CREATE TABLE txn (
    seq           INTEGER PRIMARY KEY,      -- order of the intents
    id            TEXT    NOT NULL UNIQUE,
    idem_key      TEXT    NOT NULL UNIQUE,
    kind          TEXT    NOT NULL CHECK (kind IN ('sale', 'void', 'refund')),
    tender        TEXT    NOT NULL CHECK (tender IN ('card', 'cash', 'qr')),
    entry         TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('INTENT', 'APPROVED', 'DECLINED', 'REVERSING', 'REVERSED', 'EXCEPTION', 'ADVICE')),
    minor         INTEGER NOT NULL CHECK (minor > 0),
    currency      TEXT    NOT NULL CHECK (length(currency) = 3),
    terminal      TEXT    NOT NULL,
    merchant      TEXT    NOT NULL,
    batch         INTEGER NOT NULL REFERENCES batch (number),
    stan          INTEGER NOT NULL CHECK (stan BETWEEN 1 AND 999999),
    at            TEXT    NOT NULL,
    rrn           TEXT    NOT NULL,
    auth_code     TEXT    NOT NULL,
    response_code TEXT    NOT NULL,
    declined_by   TEXT    NOT NULL,
    card          TEXT    NOT NULL,         -- JSON of the truncation and token, never a number
    chip          TEXT    NOT NULL,         -- JSON of the evidence
    wallet        TEXT    NOT NULL,         -- JSON of the order, never a payment code
    original      TEXT    REFERENCES txn (id),
    reason        TEXT    NOT NULL,
    attempts      INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    owner         TEXT    NOT NULL,         -- of an open one: the process that works on it
    image         BLOB,                     -- of an open one: what a reversal needs, sealed
    UNIQUE (batch, terminal, stan),
    CHECK (image IS NULL OR state NOT IN ('APPROVED', 'DECLINED', 'REVERSED'))
) STRICT;
CREATE INDEX txn_original ON txn (original) WHERE original IS NOT NULL;
CREATE INDEX txn_open ON txn (terminal, stan) WHERE state IN ('INTENT', 'REVERSING', 'EXCEPTION', 'ADVICE');

-- What a terminal counts and remembers.
CREATE TABLE session (
    terminal     TEXT    PRIMARY KEY,
    stan         INTEGER NOT NULL,          -- the last trace number handed out
    signed_batch INTEGER NOT NULL           -- the batch that it signed on in, 0 for none
) STRICT, WITHOUT ROWID;

-- Trace numbers of messages that are no transaction, kept while their batch is open.
CREATE TABLE network_stan (
    batch    INTEGER NOT NULL,
    terminal TEXT    NOT NULL,
    stan     INTEGER NOT NULL,
    PRIMARY KEY (batch, terminal, stan)
) STRICT, WITHOUT ROWID;

-- Reconciliations with the files of those who pay the shop out. Each begins with what the
-- one before left open.
CREATE TABLE settlement (
    seq     INTEGER PRIMARY KEY,
    files   TEXT NOT NULL UNIQUE,           -- SHA-256 of each file, in order
    day     TEXT NOT NULL,
    batches TEXT NOT NULL,                  -- JSON list of the batches that it took in
    result  TEXT NOT NULL,                  -- canonical JSON
    open    TEXT NOT NULL                   -- JSON list of what it leaves to the next
) STRICT;

CREATE TABLE journal (
    seq     INTEGER PRIMARY KEY,
    at      TEXT NOT NULL,
    subject TEXT NOT NULL,
    id      TEXT NOT NULL,
    body    TEXT NOT NULL,
    prev    BLOB NOT NULL CHECK (length(prev) = 32),
    hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- What the journal says of one transaction, batch or reconciliation.
CREATE INDEX journal_id ON journal (id);

CREATE TABLE checkpoint (
    seq  INTEGER PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER journal_update BEFORE UPDATE ON journal
BEGIN SELECT raise(ABORT, 'a journal row is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_delete BEFORE DELETE ON journal
BEGIN SELECT raise(ABORT, 'a journal row is never removed'); END;
-- +goose StatementEnd
-- REPLACE removes a row without asking the trigger above.
-- +goose StatementBegin
CREATE TRIGGER journal_insert BEFORE INSERT ON journal
WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM journal)
BEGIN SELECT raise(ABORT, 'a journal row follows the last'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoint_update BEFORE UPDATE ON checkpoint
BEGIN SELECT raise(ABORT, 'a checkpoint is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoint_delete BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'a checkpoint is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER txn_delete BEFORE DELETE ON txn
BEGIN SELECT raise(ABORT, 'a transaction is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER settlement_delete BEFORE DELETE ON settlement
BEGIN SELECT raise(ABORT, 'a reconciliation is never removed'); END;
-- +goose StatementEnd

PRAGMA user_version = 1;
