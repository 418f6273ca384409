package hostsim

// upgradeFrom1 brings a ledger of version 1, which knew sales, voids and refunds alone, to
// the current tables. SQLite cannot widen a CHECK: the old tables step aside, the new ones
// are made, and every row is carried over.
func upgradeFrom1() string {
	return `
DROP VIEW effective; DROP VIEW standing; DROP INDEX entry_original;
DROP TRIGGER entry_fixed;    DROP TRIGGER entry_kept;
DROP TRIGGER posting_fixed;  DROP TRIGGER posting_kept;
DROP TRIGGER reversal_fixed; DROP TRIGGER reversal_kept;
ALTER TABLE setting  RENAME TO old_setting;
ALTER TABLE card     RENAME TO old_card;
ALTER TABLE merchant RENAME TO old_merchant;
ALTER TABLE entry    RENAME TO old_entry;
ALTER TABLE reversal RENAME TO old_reversal;
ALTER TABLE posting  RENAME TO old_posting;
ALTER TABLE closure  RENAME TO old_closure;
` + schemaOfBooks + schemaOfPINs + `
INSERT INTO setting  SELECT name, value FROM old_setting;
INSERT INTO card     SELECT token, seen FROM old_card;
INSERT INTO merchant SELECT id, seen FROM old_merchant;
INSERT INTO entry (id, terminal, batch, stan, kind, told, merchant, card, currency, minor, asked, cashback, plan, original, sent, request, code, rrn, auth, icc, reason, at)
	SELECT id, terminal, batch, stan, kind, '', merchant, card, currency, minor, minor, 0, '', original, sent, request, code, rrn, auth, icc, reason, at
	FROM old_entry ORDER BY id;
INSERT INTO reversal SELECT terminal, batch, stan, entry, currency, minor, cause, code, at FROM old_reversal;
INSERT INTO posting  SELECT id, entry, undo, account, currency, minor FROM old_posting ORDER BY id;
INSERT INTO closure  SELECT terminal, batch, at FROM old_closure;
DROP TABLE old_closure; DROP TABLE old_posting; DROP TABLE old_reversal; DROP TABLE old_entry;
DROP TABLE old_merchant; DROP TABLE old_card; DROP TABLE old_setting;
`
}
