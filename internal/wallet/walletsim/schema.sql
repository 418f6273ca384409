-- The ledger of the simulated wallet gateway, version 1. What was decided is never
-- changed, it is undone by new rows; only how often something was asked is counted in
-- place. Moments are nanoseconds since 1970. No payment code is kept in any form.

CREATE TABLE orders (
    number   TEXT PRIMARY KEY,
    merchant TEXT    NOT NULL,
    terminal TEXT    NOT NULL,
    batch    INTEGER NOT NULL,
    flow     TEXT    NOT NULL CHECK (flow IN ('shown', 'scanned')),
    currency TEXT    NOT NULL, -- three letters of ISO 4217
    minor    INTEGER NOT NULL CHECK (minor > 0),
    provider TEXT    NOT NULL,
    notify   TEXT    NOT NULL, -- a URL on this machine, or empty
    at       INTEGER NOT NULL,
    expires  INTEGER,          -- after this it cannot be paid; null for never
    acts     INTEGER,          -- when the shopper decides; null where it is not a matter of time
    refuses  INTEGER NOT NULL CHECK (refuses IN (0, 1)), -- what is decided then
    polls    INTEGER NOT NULL  -- after so many queries the shopper pays; 0 where it is not a matter of queries
) STRICT, WITHOUT ROWID;

CREATE TABLE payment (
    id     INTEGER PRIMARY KEY,
    number TEXT    NOT NULL UNIQUE REFERENCES orders (number),
    at     INTEGER NOT NULL
) STRICT;

CREATE TABLE refusal (
    number TEXT PRIMARY KEY REFERENCES orders (number),
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each number that was closed. Where there is no order of it the row is the
-- tombstone that keeps one from ever standing.
CREATE TABLE closure (
    number TEXT PRIMARY KEY,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each refund that was decided, refused ones too.
CREATE TABLE refund (
    id       INTEGER PRIMARY KEY,
    refund   TEXT    NOT NULL UNIQUE, -- refund number
    number   TEXT    NOT NULL,        -- of the order
    merchant TEXT    NOT NULL,
    terminal TEXT    NOT NULL,
    batch    INTEGER NOT NULL,
    currency TEXT    NOT NULL,
    minor    INTEGER NOT NULL,
    code     TEXT    NOT NULL, -- of a refusal; empty where it was accepted
    polls    INTEGER NOT NULL, -- it is done after so many queries
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX refund_order ON refund (number);

CREATE TABLE refund_done (
    refund TEXT PRIMARY KEY REFERENCES refund (refund),
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How often an order or refund was asked about, and which faults it has had.
CREATE TABLE asked (
    subject TEXT PRIMARY KEY,
    times   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE fault (
    subject TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Notifications that are due or were sent.
CREATE TABLE notice (
    id     INTEGER PRIMARY KEY,
    number TEXT    NOT NULL REFERENCES orders (number),
    event  TEXT    NOT NULL, -- what it tells; the same on repeats
    forged INTEGER NOT NULL CHECK (forged IN (0, 1)),
    due    INTEGER,          -- null once it was delivered or given up
    tries  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX notice_due ON notice (due) WHERE due IS NOT NULL;

-- Orders of which nothing is decided yet.
CREATE VIEW undecided AS
SELECT * FROM orders o
WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.number = o.number)
  AND NOT EXISTS (SELECT 1 FROM refusal r WHERE r.number = o.number)
  AND NOT EXISTS (SELECT 1 FROM closure c WHERE c.number = o.number);

CREATE TRIGGER orders_fixed  BEFORE UPDATE ON orders  BEGIN SELECT RAISE(ABORT, 'an order never changes'); END;
CREATE TRIGGER orders_kept   BEFORE DELETE ON orders  BEGIN SELECT RAISE(ABORT, 'an order is never deleted'); END;
CREATE TRIGGER payment_fixed BEFORE UPDATE ON payment BEGIN SELECT RAISE(ABORT, 'a payment never changes'); END;
CREATE TRIGGER payment_kept  BEFORE DELETE ON payment BEGIN SELECT RAISE(ABORT, 'a payment is never deleted'); END;
CREATE TRIGGER refund_fixed  BEFORE UPDATE ON refund  BEGIN SELECT RAISE(ABORT, 'a refund never changes'); END;
CREATE TRIGGER refund_kept   BEFORE DELETE ON refund  BEGIN SELECT RAISE(ABORT, 'a refund is never deleted'); END;
CREATE TRIGGER closure_kept  BEFORE DELETE ON closure BEGIN SELECT RAISE(ABORT, 'a closure is never deleted'); END;
CREATE TRIGGER payment_open  BEFORE INSERT ON payment
WHEN NOT EXISTS (SELECT 1 FROM undecided u WHERE u.number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'only an open order can be paid'); END;
CREATE TRIGGER closure_open  BEFORE INSERT ON closure
WHEN EXISTS (SELECT 1 FROM orders o WHERE o.number = NEW.number) AND NOT EXISTS (SELECT 1 FROM undecided u WHERE u.number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'only an open order can be closed'); END;
