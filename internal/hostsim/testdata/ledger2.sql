-- The ledger of the simulated acquirer and issuer, version 2. Every table only grows:
-- what was answered and what was posted is never changed, it is undone by new rows.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A card is known by a keyed token; its number is nowhere.
CREATE TABLE card (
    token TEXT PRIMARY KEY,
    seen  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE merchant (
    id   TEXT PRIMARY KEY,
    seen TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each transaction that was decided, approved or not, with its answer.
CREATE TABLE entry (
    id       INTEGER PRIMARY KEY,
    terminal TEXT    NOT NULL,
    batch    INTEGER NOT NULL,
    stan     INTEGER NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('sale', 'void', 'refund', 'preauth', 'increment', 'completion', 'cash_advance', 'tip')),
    told     TEXT    NOT NULL CHECK (told IN ('', 'offline', 'voice', 'done', 'upload')), -- empty where it was asked
    merchant TEXT    NOT NULL,
    card     TEXT    NOT NULL, -- token, empty where no card was named
    currency TEXT    NOT NULL, -- three letters of ISO 4217
    minor    INTEGER NOT NULL CHECK (minor >= 0), -- what was approved, or refused
    asked    INTEGER NOT NULL CHECK (asked >= minor), -- more than minor where a part was approved
    cashback INTEGER NOT NULL CHECK (cashback >= 0), -- part of asked that is handed out
    plan     TEXT    NOT NULL, -- of instalments: their number and a code
    original INTEGER REFERENCES entry (id),
    sent     TEXT    NOT NULL, -- field 7, by which a reversal names it too
    request  TEXT    NOT NULL, -- keyed digest of what was asked
    code     TEXT    NOT NULL, -- field 39
    rrn      TEXT    NOT NULL UNIQUE,
    auth     TEXT    NOT NULL,
    icc      TEXT    NOT NULL, -- field 55 of the answer, hex
    reason   TEXT    NOT NULL,
    at       TEXT    NOT NULL,
    UNIQUE (terminal, batch, stan)
) STRICT;
CREATE INDEX entry_original ON entry (original) WHERE original IS NOT NULL;

-- One row for each reversal that was acknowledged. Where entry is null the request it
-- names was never seen: the row is the tombstone that keeps it from ever posting.
CREATE TABLE reversal (
    terminal TEXT    NOT NULL,
    batch    INTEGER NOT NULL,
    stan     INTEGER NOT NULL,
    entry    INTEGER UNIQUE REFERENCES entry (id),
    currency TEXT    NOT NULL,
    minor    INTEGER NOT NULL,
    cause    TEXT    NOT NULL, -- field 39 of the request
    code     TEXT    NOT NULL, -- field 39 of the answer
    at       TEXT    NOT NULL,
    PRIMARY KEY (terminal, batch, stan)
) STRICT, WITHOUT ROWID;

CREATE TABLE posting (
    id       INTEGER PRIMARY KEY,
    entry    INTEGER NOT NULL REFERENCES entry (id),
    undo     INTEGER NOT NULL CHECK (undo IN (0, 1)),
    account  TEXT    NOT NULL,
    currency TEXT    NOT NULL,
    minor    INTEGER NOT NULL,
    UNIQUE (entry, undo, account)
) STRICT;

-- One row for each record of a batch that a terminal told at settlement and that stands
-- here: from then on the totals have it.
CREATE TABLE record (
    entry INTEGER PRIMARY KEY REFERENCES entry (id),
    minor INTEGER NOT NULL, -- as the terminal told it
    at    TEXT    NOT NULL
) STRICT;

-- What a terminal told of a card after the transaction: its last cryptogram (TC), or what
-- became of an issuer's script.
CREATE TABLE confirmation (
    terminal TEXT    NOT NULL,
    batch    INTEGER NOT NULL,
    stan     INTEGER NOT NULL,
    script   INTEGER NOT NULL CHECK (script IN (0, 1)),
    checked  TEXT    NOT NULL CHECK (checked IN ('', 'right', 'wrong')), -- of a TC; empty where nobody could
    result   TEXT    NOT NULL, -- of a script: tag 9F5B, hex
    at       TEXT    NOT NULL,
    PRIMARY KEY (terminal, batch, stan, script)
) STRICT, WITHOUT ROWID;

-- The working keys of a terminal, one row for each generation, sealed under host.key. A
-- generation is used from the first message on that was proved by it, and the ones before
-- it then prove nothing any more.
CREATE TABLE terminal_key (
    terminal   TEXT    NOT NULL,
    generation INTEGER NOT NULL,
    sealed     BLOB    NOT NULL,
    used       INTEGER NOT NULL CHECK (used IN (0, 1)),
    PRIMARY KEY (terminal, generation)
) STRICT, WITHOUT ROWID;

-- One row for each batch whose totals agreed; nothing posts to it again.
CREATE TABLE closure (
    terminal TEXT    NOT NULL,
    batch    INTEGER NOT NULL,
    at       TEXT    NOT NULL,
    PRIMARY KEY (terminal, batch)
) STRICT, WITHOUT ROWID;

-- What moved or held money and was not reversed.
CREATE VIEW standing AS
SELECT * FROM entry e WHERE e.code IN ('00', '10') AND NOT EXISTS (SELECT 1 FROM reversal r WHERE r.entry = e.id);

-- What stands and was not voided either.
CREATE VIEW effective AS
SELECT * FROM standing e WHERE NOT EXISTS (SELECT 1 FROM standing v WHERE v.original = e.id AND v.kind = 'void');

-- What each entry moved, undone or not: what the merchant gained, and what is held for it.
CREATE VIEW moved AS
SELECT entry, sum(minor) FILTER (WHERE account LIKE 'merchant/%') AS gained, sum(minor) FILTER (WHERE account LIKE 'held/merchant/%') AS held
FROM posting WHERE undo = 0 GROUP BY entry;

CREATE TRIGGER entry_fixed    BEFORE UPDATE ON entry    BEGIN SELECT RAISE(ABORT, 'an entry never changes'); END;
CREATE TRIGGER entry_kept     BEFORE DELETE ON entry    BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
CREATE TRIGGER posting_fixed  BEFORE UPDATE ON posting  BEGIN SELECT RAISE(ABORT, 'a posting never changes'); END;
CREATE TRIGGER posting_kept   BEFORE DELETE ON posting  BEGIN SELECT RAISE(ABORT, 'a posting is never deleted'); END;
CREATE TRIGGER reversal_fixed BEFORE UPDATE ON reversal BEGIN SELECT RAISE(ABORT, 'a reversal never changes'); END;
CREATE TRIGGER reversal_kept  BEFORE DELETE ON reversal BEGIN SELECT RAISE(ABORT, 'a reversal is never deleted'); END;

PRAGMA application_id = 1953001331;
PRAGMA user_version = 2;
INSERT INTO card VALUES ('token1', '2026-03-01T12:00:00Z');
INSERT INTO merchant VALUES ('MERCHANT0000001', '2026-03-01T12:00:00Z');
INSERT INTO entry (id, terminal, batch, stan, kind, told, merchant, card, currency, minor, asked, cashback, plan, original, sent, request, code, rrn, auth, icc, reason, at) VALUES
	(1, 'TILL0001', 1, 1, 'sale', '', 'MERCHANT0000001', 'token1', 'CNY', 1250, 1250, 0, '', NULL, '0301120000', 'a', '00', '606000000001', 'AAAAAA', '', '', '2026-03-01T12:00:00Z'),
	(2, 'TILL0001', 1, 2, 'sale', '', 'MERCHANT0000001', 'token1', 'CNY',  300,  300, 0, '', NULL, '0301120000', 'b', '55', '606000000002', '', '', 'wrong PIN', '2026-03-01T12:00:00Z');
INSERT INTO posting (entry, undo, account, currency, minor) VALUES
	(1, 0, 'card/token1', 'CNY', -1250), (1, 0, 'merchant/MERCHANT0000001', 'CNY', 1250);
INSERT INTO reversal VALUES ('TILL0001', 1, 9, NULL, 'CNY', 100, '98', '25', '2026-03-01T12:00:00Z');
