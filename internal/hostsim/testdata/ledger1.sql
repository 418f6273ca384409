-- The ledger of the simulated acquirer and issuer, version 1. Every table only grows:
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

-- One row for each 0200 that was decided, approved or not, with its answer.
CREATE TABLE entry (
    id       INTEGER PRIMARY KEY,
    terminal TEXT    NOT NULL,
    batch    INTEGER NOT NULL,
    stan     INTEGER NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('sale', 'void', 'refund')),
    merchant TEXT    NOT NULL,
    card     TEXT    NOT NULL, -- token, empty where no card was named
    currency TEXT    NOT NULL, -- three letters of ISO 4217
    minor    INTEGER NOT NULL CHECK (minor >= 0),
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

-- One row for each batch whose totals agreed; nothing posts to it again.
CREATE TABLE closure (
    terminal TEXT    NOT NULL,
    batch    INTEGER NOT NULL,
    at       TEXT    NOT NULL,
    PRIMARY KEY (terminal, batch)
) STRICT, WITHOUT ROWID;

-- What moved money and was not reversed.
CREATE VIEW standing AS
SELECT * FROM entry e WHERE e.code = '00' AND NOT EXISTS (SELECT 1 FROM reversal r WHERE r.entry = e.id);

-- What stands and was not voided either.
CREATE VIEW effective AS
SELECT * FROM standing e WHERE NOT EXISTS (SELECT 1 FROM standing v WHERE v.original = e.id AND v.kind = 'void');

CREATE TRIGGER entry_fixed    BEFORE UPDATE ON entry    BEGIN SELECT RAISE(ABORT, 'an entry never changes'); END;
CREATE TRIGGER entry_kept     BEFORE DELETE ON entry    BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
CREATE TRIGGER posting_fixed  BEFORE UPDATE ON posting  BEGIN SELECT RAISE(ABORT, 'a posting never changes'); END;
CREATE TRIGGER posting_kept   BEFORE DELETE ON posting  BEGIN SELECT RAISE(ABORT, 'a posting is never deleted'); END;
CREATE TRIGGER reversal_fixed BEFORE UPDATE ON reversal BEGIN SELECT RAISE(ABORT, 'a reversal never changes'); END;
CREATE TRIGGER reversal_kept  BEFORE DELETE ON reversal BEGIN SELECT RAISE(ABORT, 'a reversal is never deleted'); END;

-- What a host of version 1 wrote: a sale with a refund, a sale that was voided, one that was
-- declined, one that was reversed, a tombstone, and a batch that was closed.
PRAGMA application_id = 1953001331;
PRAGMA user_version = 1;
INSERT INTO card VALUES ('token1', '2026-03-01T12:00:00Z');
INSERT INTO merchant VALUES ('MERCHANT0000001', '2026-03-01T12:00:00Z');
INSERT INTO entry (id, terminal, batch, stan, kind, merchant, card, currency, minor, original, sent, request, code, rrn, auth, icc, reason, at) VALUES
	(1, 'TILL0001', 1, 1, 'sale',   'MERCHANT0000001', 'token1', 'CNY', 1250, NULL, '0301120000', 'a', '00', '606000000001', 'AAAAAA', '', '', '2026-03-01T12:00:00Z'),
	(2, 'TILL0001', 1, 2, 'refund', 'MERCHANT0000001', 'token1', 'CNY',  250, 1,    '0301120000', 'b', '00', '606000000002', 'BBBBBB', '', '', '2026-03-01T12:00:00Z'),
	(3, 'TILL0001', 2, 1, 'sale',   'MERCHANT0000001', 'token1', 'CNY',  800, NULL, '0301120000', 'c', '00', '606000000003', 'CCCCCC', '', '', '2026-03-01T12:00:00Z'),
	(4, 'TILL0001', 2, 2, 'void',   'MERCHANT0000001', 'token1', 'CNY',  800, 3,    '0301120000', 'd', '00', '606000000004', 'DDDDDD', '', '', '2026-03-01T12:00:00Z'),
	(5, 'TILL0001', 2, 3, 'sale',   'MERCHANT0000001', 'token1', 'CNY',  951, NULL, '0301120000', 'e', '51', '606000000005', '',       '', 'rule of the lab', '2026-03-01T12:00:00Z'),
	(6, 'TILL0001', 2, 4, 'sale',   'MERCHANT0000001', 'token1', 'CNY',  700, NULL, '0301120000', 'f', '00', '606000000006', 'FFFFFF', '', '', '2026-03-01T12:00:00Z');
INSERT INTO posting (entry, undo, account, currency, minor) VALUES
	(1, 0, 'card/token1', 'CNY', -1250), (1, 0, 'merchant/MERCHANT0000001', 'CNY', 1250),
	(2, 0, 'card/token1', 'CNY', 250),   (2, 0, 'merchant/MERCHANT0000001', 'CNY', -250),
	(3, 0, 'card/token1', 'CNY', -800),  (3, 0, 'merchant/MERCHANT0000001', 'CNY', 800),
	(4, 0, 'card/token1', 'CNY', 800),   (4, 0, 'merchant/MERCHANT0000001', 'CNY', -800),
	(6, 0, 'card/token1', 'CNY', -700),  (6, 0, 'merchant/MERCHANT0000001', 'CNY', 700),
	(6, 1, 'card/token1', 'CNY', 700),   (6, 1, 'merchant/MERCHANT0000001', 'CNY', -700);
INSERT INTO reversal VALUES
	('TILL0001', 2, 4, 6,    'CNY', 700, '98', '00', '2026-03-01T12:00:00Z'),
	('TILL0001', 2, 9, NULL, 'CNY', 100, '98', '25', '2026-03-01T12:00:00Z');
INSERT INTO closure VALUES ('TILL0001', 1, '2026-03-01T12:00:00Z');
