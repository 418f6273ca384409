
-- What changed how many PINs a card may still be given wrong: one row for each wrong one,
-- and one that gives all tries back. A right PIN gives them back where it is approved, and so
-- does whoever looks after the host, who has no terminal. What counts are the wrong ones
-- since the last row of another kind. A reversal changes nothing here: who was asked for the
-- PIN has heard whether it was right.
CREATE TABLE pin_try (
    id       INTEGER PRIMARY KEY,
    card     TEXT    NOT NULL, -- token
    terminal TEXT    NOT NULL,
    batch    INTEGER NOT NULL,
    stan     INTEGER NOT NULL,
    result   TEXT    NOT NULL CHECK (result IN ('wrong', 'right', 'given back')),
    at       TEXT    NOT NULL
) STRICT;
CREATE INDEX pin_try_card ON pin_try (card, result, id);

CREATE TRIGGER pin_try_fixed BEFORE UPDATE ON pin_try BEGIN SELECT RAISE(ABORT, 'a PIN try never changes'); END;
CREATE TRIGGER pin_try_kept  BEFORE DELETE ON pin_try BEGIN SELECT RAISE(ABORT, 'a PIN try is never deleted'); END;
