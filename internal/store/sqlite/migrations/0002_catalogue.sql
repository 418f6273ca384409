-- +goose Up

-- What is sold, what is in stock, who sells it and to whom. A noun is kept whole, as the
-- canonical JSON that the journal has of it; the columns beside it are there to find it by.

-- What the journal says last of one thing of a kind, without a look at any other row.
DROP INDEX journal_id;
CREATE INDEX journal_about ON journal (subject, id);

CREATE TABLE item (
    seq      INTEGER PRIMARY KEY,          -- order in which they were first stored
    id       TEXT    NOT NULL UNIQUE,
    name     TEXT    NOT NULL,
    category TEXT    NOT NULL,
    deleted  INTEGER NOT NULL CHECK (deleted IN (0, 1)),
    search   TEXT    NOT NULL,             -- name, options and SKUs, folded
    version  INTEGER NOT NULL,
    body     TEXT    NOT NULL
) STRICT;
CREATE INDEX item_category ON item (category, name, id) WHERE deleted = 0;

-- Each one, two and three neighbouring letters of item.search: what a search text is first looked up in.
-- No positions are kept, the text itself is held against item.search.
CREATE VIRTUAL TABLE item_gram USING fts5 (
    grams, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii'
);

-- Codes of items that are not deleted. A deleted item gives its codes up, and retired says
-- whose they were.
CREATE TABLE variant (
    sku       TEXT    PRIMARY KEY,
    item      TEXT    NOT NULL REFERENCES item (id),
    untracked INTEGER NOT NULL CHECK (untracked IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE TABLE barcode (
    code TEXT PRIMARY KEY,
    sku  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE retired (
    code TEXT NOT NULL,
    item TEXT NOT NULL REFERENCES item (id),
    PRIMARY KEY (code, item)
) STRICT, WITHOUT ROWID;

-- Each price and cost of a SKU and since when it holds.
CREATE TABLE price (
    seq        INTEGER PRIMARY KEY,
    sku        TEXT    NOT NULL,
    at         TEXT    NOT NULL,
    minor      INTEGER NOT NULL,
    cost_minor INTEGER NOT NULL,           -- 0 is not known
    currency   TEXT    NOT NULL CHECK (length(currency) = 3),
    staff      TEXT    NOT NULL
) STRICT;
CREATE INDEX price_sku ON price (sku);

-- The ledger of stock. What is on hand is its sum, which stock keeps beside it.
CREATE TABLE stock_move (
    seq      INTEGER PRIMARY KEY,
    sku      TEXT    NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity <> 0), -- thousandths that came in
    reason   TEXT    NOT NULL CHECK (reason IN ('sale', 'return', 'void', 'receive', 'adjust', 'waste', 'count')),
    at       TEXT    NOT NULL,
    staff    TEXT    NOT NULL,
    document TEXT    NOT NULL,
    note     TEXT    NOT NULL
) STRICT;
CREATE INDEX stock_move_sku ON stock_move (sku);
CREATE INDEX stock_move_document ON stock_move (document, sku) WHERE document <> '';
CREATE TABLE stock (
    sku     TEXT    PRIMARY KEY,
    on_hand INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stocktake (
    seq     INTEGER PRIMARY KEY,
    id      TEXT    NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    body    TEXT    NOT NULL
) STRICT;

-- The hash of a PIN stands beside the body, which the journal repeats.
CREATE TABLE staff (
    id       TEXT    PRIMARY KEY,
    pin_hash TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    body     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Wrong PINs since the last right one, and who is signed in where: like the table session
-- what a terminal remembers, and no part of the books.
CREATE TABLE pin_try (
    staff   TEXT    PRIMARY KEY REFERENCES staff (id),
    wrong   INTEGER NOT NULL CHECK (wrong > 0),
    last_at TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sign_in (
    terminal TEXT PRIMARY KEY,
    staff    TEXT NOT NULL REFERENCES staff (id),
    at       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE clocking (
    seq   INTEGER PRIMARY KEY,
    staff TEXT    NOT NULL REFERENCES staff (id),
    is_in INTEGER NOT NULL CHECK (is_in IN (0, 1)),
    at    INTEGER NOT NULL,                -- nanoseconds since 1970, to be compared
    by    TEXT    NOT NULL,
    note  TEXT    NOT NULL
) STRICT;
CREATE INDEX clocking_staff ON clocking (staff, at);

-- points is the sum of the member's ledger.
CREATE TABLE member (
    id      TEXT    PRIMARY KEY,
    search  TEXT    NOT NULL,              -- name, folded
    phone   TEXT    NOT NULL,              -- digits alone
    gone    INTEGER NOT NULL CHECK (gone IN (0, 1)),
    points  INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE points_move (
    seq    INTEGER PRIMARY KEY,
    member TEXT    NOT NULL REFERENCES member (id),
    points INTEGER NOT NULL CHECK (points <> 0),
    reason TEXT    NOT NULL CHECK (reason IN ('earn', 'redeem', 'return', 'void', 'adjust')),
    ticket TEXT    NOT NULL,
    at     TEXT    NOT NULL,
    staff  TEXT    NOT NULL,
    note   TEXT    NOT NULL
) STRICT;
CREATE INDEX points_move_member ON points_move (member);
CREATE INDEX points_move_ticket ON points_move (ticket) WHERE ticket <> '';

CREATE TABLE programme (
    seq     INTEGER PRIMARY KEY,
    id      TEXT    NOT NULL UNIQUE,
    gone    INTEGER NOT NULL CHECK (gone IN (0, 1)),
    version INTEGER NOT NULL,
    body    TEXT    NOT NULL
) STRICT;

CREATE TABLE tax_class (
    seq        INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    gone       INTEGER NOT NULL CHECK (gone IN (0, 1)),
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    version    INTEGER NOT NULL,
    body       TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX tax_class_default ON tax_class (is_default) WHERE is_default = 1;

-- Ledgers are only ever added to, at their end: REPLACE removes a row without asking a
-- trigger for it, but it cannot name the next number.
-- +goose StatementBegin
CREATE TRIGGER price_update BEFORE UPDATE ON price
BEGIN SELECT raise(ABORT, 'a price is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER price_delete BEFORE DELETE ON price
BEGIN SELECT raise(ABORT, 'a price is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER price_insert BEFORE INSERT ON price
WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM price)
BEGIN SELECT raise(ABORT, 'a price follows the last'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stock_move_update BEFORE UPDATE ON stock_move
BEGIN SELECT raise(ABORT, 'a stock move is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stock_move_delete BEFORE DELETE ON stock_move
BEGIN SELECT raise(ABORT, 'a stock move is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stock_move_insert BEFORE INSERT ON stock_move
WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM stock_move)
BEGIN SELECT raise(ABORT, 'a stock move follows the last'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER points_move_update BEFORE UPDATE ON points_move
BEGIN SELECT raise(ABORT, 'a move of points is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER points_move_delete BEFORE DELETE ON points_move
BEGIN SELECT raise(ABORT, 'a move of points is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER points_move_insert BEFORE INSERT ON points_move
WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM points_move)
BEGIN SELECT raise(ABORT, 'a move of points follows the last'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clocking_update BEFORE UPDATE ON clocking
BEGIN SELECT raise(ABORT, 'a clocking is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clocking_delete BEFORE DELETE ON clocking
BEGIN SELECT raise(ABORT, 'a clocking is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clocking_insert BEFORE INSERT ON clocking
WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM clocking)
BEGIN SELECT raise(ABORT, 'a clocking follows the last'); END;
-- +goose StatementEnd
-- What is no longer used says so and stays.
-- +goose StatementBegin
CREATE TRIGGER item_delete BEFORE DELETE ON item
BEGIN SELECT raise(ABORT, 'an item is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stocktake_delete BEFORE DELETE ON stocktake
BEGIN SELECT raise(ABORT, 'a stocktake is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER staff_delete BEFORE DELETE ON staff
BEGIN SELECT raise(ABORT, 'a member of the staff is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER member_delete BEFORE DELETE ON member
BEGIN SELECT raise(ABORT, 'a member is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER programme_delete BEFORE DELETE ON programme
BEGIN SELECT raise(ABORT, 'a programme is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tax_class_delete BEFORE DELETE ON tax_class
BEGIN SELECT raise(ABORT, 'a tax class is never removed'); END;
-- +goose StatementEnd

PRAGMA user_version = 2;
