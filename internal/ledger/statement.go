package ledger

import (
	"context"
	"database/sql/driver"
	"strings"
)

// maxStatements bounds how many compiled statements a connection keeps. What a simulator
// asks is written in its source, so this is far more than there are.
const maxStatements = 256

// connector makes connections that keep their compiled statements.
type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &connection{Conn: conn, statements: map[string]*statement{}}, nil
}

// connection is a connection that compiles a statement once: compiling costs more than
// running most of them. database/sql calls it from one goroutine at a time.
type connection struct {
	driver.Conn
	statements map[string]*statement
	isWriting  bool // a transaction is open
}

// statement is a compiled statement and whether its rows are being read.
type statement struct {
	driver.Stmt
	isBusy bool
}

// Close implements driver.Conn.
func (c *connection) Close() error {
	for _, s := range c.statements {
		_ = s.Stmt.Close() // the connection, which closes next, tells what is wrong
	}
	return c.Conn.Close()
}

// ExecContext implements driver.ExecerContext.
func (c *connection) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s := c.compiled(query)
	if s == nil {
		return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(c.patient(ctx), args)
}

// QueryContext implements driver.QueryerContext.
func (c *connection) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s := c.compiled(query)
	if s == nil {
		return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
	}
	found, err := s.Stmt.(driver.StmtQueryContext).QueryContext(c.patient(ctx), args)
	if err != nil {
		return nil, err
	}
	s.isBusy = true
	return &rows{Rows: found, of: s}, nil
}

// patient is the context of a statement. Within a transaction nothing is interrupted:
// SQLite would roll back the whole, and with it the changes of others.
func (c *connection) patient(ctx context.Context) context.Context {
	if c.isWriting {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// compiled is the statement of a query; nil for one that is not kept: a script, a pragma
// (some take effect when they are compiled), one whose rows are being read, one that does
// not compile.
func (c *connection) compiled(query string) *statement {
	if s, ok := c.statements[query]; ok {
		if s.isBusy {
			return nil
		}
		return s
	}
	if len(c.statements) >= maxStatements || strings.Contains(query, ";") || strings.HasPrefix(query, "PRAGMA") {
		return nil
	}
	s, err := c.Conn.Prepare(query)
	if err != nil {
		return nil // running it tells why
	}
	kept := &statement{Stmt: s}
	c.statements[query] = kept
	return kept
}

// BeginTx implements driver.ConnBeginTx.
func (c *connection) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	if _, err := c.ExecContext(ctx, "BEGIN IMMEDIATE", nil); err != nil { // a transaction that will write must not begin as a reader
		return nil, err
	}
	c.isWriting = true
	return transaction{c}, nil
}

// ResetSession implements driver.SessionResetter.
func (c *connection) ResetSession(ctx context.Context) error {
	return c.Conn.(driver.SessionResetter).ResetSession(ctx)
}

// IsValid implements driver.Validator.
func (c *connection) IsValid() bool { return c.Conn.(driver.Validator).IsValid() }

// transaction is the one of its connection.
type transaction struct{ c *connection }

// Commit implements driver.Tx. Where it fails nothing is left open.
func (t transaction) Commit() error {
	_, err := t.c.ExecContext(context.Background(), "COMMIT", nil)
	if err != nil {
		_ = t.Rollback() // SQLite may have done so by itself
	}
	t.c.isWriting = false
	return err
}

// Rollback implements driver.Tx.
func (t transaction) Rollback() error {
	_, err := t.c.ExecContext(context.Background(), "ROLLBACK", nil)
	t.c.isWriting = false
	return err
}

// rows gives its statement back when it is closed.
type rows struct {
	driver.Rows
	of *statement
}

// Close implements driver.Rows.
func (r *rows) Close() error {
	err := r.Rows.Close()
	r.of.isBusy = false
	return err
}

var (
	_ driver.ExecerContext   = (*connection)(nil)
	_ driver.QueryerContext  = (*connection)(nil)
	_ driver.ConnBeginTx     = (*connection)(nil)
	_ driver.SessionResetter = (*connection)(nil)
	_ driver.Validator       = (*connection)(nil)
)
