-- +goose Up

-- What was sold in one go, what it moved, the drawer and the days.

-- A ticket's body, which is long, stands in the journal alone: row is where it was
-- written last. What is here finds it.
CREATE TABLE ticket (
    seq      INTEGER PRIMARY KEY,          -- order in which they were first stored
    id       TEXT    NOT NULL UNIQUE,
    idem_key TEXT    NOT NULL UNIQUE,
    kind     TEXT    NOT NULL CHECK (kind IN ('sale', 'return')),
    state    TEXT    NOT NULL CHECK (state IN ('OPEN', 'PAYING', 'DONE', 'VOIDED', 'CANCELED')),
    terminal TEXT    NOT NULL,
    staff    TEXT    NOT NULL,
    member   TEXT    NOT NULL,
    original TEXT    REFERENCES ticket (id),
    day      INTEGER NOT NULL,             -- business day of its completion, 0 before
    shift    INTEGER NOT NULL,             -- open at its completion, 0 for none
    total    INTEGER NOT NULL CHECK (total >= 0),
    currency TEXT    NOT NULL CHECK (length(currency) = 3),
    version  INTEGER NOT NULL,
    row      INTEGER NOT NULL UNIQUE       -- of the journal
) STRICT;
CREATE INDEX ticket_live ON ticket (state) WHERE state IN ('OPEN', 'PAYING');
CREATE INDEX ticket_original ON ticket (original) WHERE original IS NOT NULL;
CREATE INDEX ticket_member ON ticket (member) WHERE member <> '';
CREATE INDEX ticket_day ON ticket (day) WHERE day <> 0;

-- What is kept back for tickets that are being paid.
CREATE TABLE reservation (
    ticket   TEXT    NOT NULL REFERENCES ticket (id) DEFERRABLE INITIALLY DEFERRED,
    sku      TEXT    NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0), -- thousandths
    PRIMARY KEY (ticket, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX reservation_sku ON reservation (sku, quantity);

-- As with a ticket, the body is the journal's.
CREATE TABLE shift (
    number   INTEGER PRIMARY KEY,
    terminal TEXT    NOT NULL,
    open     INTEGER NOT NULL CHECK (open IN (0, 1)),
    version  INTEGER NOT NULL,
    row      INTEGER NOT NULL UNIQUE
) STRICT;
CREATE UNIQUE INDEX shift_open ON shift (terminal) WHERE open = 1;

-- The ledger of a drawer beside the sales.
CREATE TABLE drawer_move (
    seq      INTEGER PRIMARY KEY,
    shift    INTEGER NOT NULL REFERENCES shift (number),
    reason   TEXT    NOT NULL CHECK (reason IN ('float', 'pay_in', 'pay_out')),
    minor    INTEGER NOT NULL CHECK (minor > 0),
    currency TEXT    NOT NULL CHECK (length(currency) = 3),
    at       TEXT    NOT NULL,
    staff    TEXT    NOT NULL,
    approver TEXT    NOT NULL,
    note     TEXT    NOT NULL
) STRICT;
CREATE INDEX drawer_move_shift ON drawer_move (shift);

CREATE TABLE z (
    number   INTEGER PRIMARY KEY,
    currency TEXT    NOT NULL,
    total    INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    hash     TEXT    NOT NULL,
    summary  TEXT    NOT NULL,             -- JSON of it without facts and shifts
    row      INTEGER NOT NULL UNIQUE
) STRICT;

-- What reports add up. A period is a business day (20260301); of items also a part of a
-- month (20260341 to 20260343), a month (20260300), a quarter (20260001 to 20260004) and
-- a year (20260000); of everything also the number of the Z report that takes it in.
CREATE TABLE rollup (
    kind     TEXT    NOT NULL,
    period   INTEGER NOT NULL,
    a        TEXT    NOT NULL,
    b        TEXT    NOT NULL,
    currency TEXT    NOT NULL,
    count    INTEGER NOT NULL,
    returns  INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    gross    INTEGER NOT NULL,
    discount INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    net      INTEGER NOT NULL,
    tax      INTEGER NOT NULL,
    total    INTEGER NOT NULL,
    cost     INTEGER NOT NULL,
    points   INTEGER NOT NULL,
    PRIMARY KEY (kind, period, a, b, currency)
) STRICT, WITHOUT ROWID;

ALTER TABLE txn ADD COLUMN ticket   TEXT    REFERENCES ticket (id) DEFERRABLE INITIALLY DEFERRED; -- stored after it in one commit
ALTER TABLE txn ADD COLUMN staff    TEXT    NOT NULL DEFAULT '';
ALTER TABLE txn ADD COLUMN approver TEXT    NOT NULL DEFAULT '';
ALTER TABLE txn ADD COLUMN shift    INTEGER NOT NULL DEFAULT 0;  -- open at its terminal when it began
ALTER TABLE txn ADD COLUMN given    INTEGER NOT NULL DEFAULT 0;  -- of cash, in minor units
ALTER TABLE txn ADD COLUMN rounding INTEGER NOT NULL DEFAULT 0;
ALTER TABLE txn ADD COLUMN day      INTEGER NOT NULL DEFAULT 0;  -- business day in which it came to count, 0 before
ALTER TABLE txn ADD COLUMN hour     INTEGER NOT NULL DEFAULT 0;
CREATE INDEX txn_ticket ON txn (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX txn_shift ON txn (shift) WHERE shift <> 0;

-- +goose StatementBegin
CREATE TRIGGER ticket_delete BEFORE DELETE ON ticket
BEGIN SELECT raise(ABORT, 'a ticket is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER shift_delete BEFORE DELETE ON shift
BEGIN SELECT raise(ABORT, 'a shift is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER drawer_move_update BEFORE UPDATE ON drawer_move
BEGIN SELECT raise(ABORT, 'a move of a drawer is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER drawer_move_delete BEFORE DELETE ON drawer_move
BEGIN SELECT raise(ABORT, 'a move of a drawer is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER z_update BEFORE UPDATE ON z
BEGIN SELECT raise(ABORT, 'a Z report is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER z_delete BEFORE DELETE ON z
BEGIN SELECT raise(ABORT, 'a Z report is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rollup_delete BEFORE DELETE ON rollup
BEGIN SELECT raise(ABORT, 'a sum of the reports is never removed'); END;
-- +goose StatementEnd

PRAGMA user_version = 3;
