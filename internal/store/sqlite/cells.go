package sqlite

import "fmt"

// cells reads the columns of a row one after the other. database/sql takes longer to
// convert a value than SQLite to find it, but it hands an any on as it is; the tables are
// STRICT, so what a column holds is known.
type cells struct {
	cell []any
	into []any
	next int
	err  error // of the first cell that is not what it must be
}

// newCells reads rows of so many columns, any number of them.
func newCells(columns int) *cells {
	c := &cells{cell: make([]any, columns), into: make([]any, columns)}
	for i := range c.cell {
		c.into[i] = &c.cell[i]
	}
	return c
}

// scan takes the next row.
func (c *cells) scan(row rowScanner) error {
	c.next, c.err = 0, nil
	return row.Scan(c.into...)
}

// text is the next cell, of text.
func (c *cells) text() string {
	switch v := c.take().(type) {
	case string:
		return v
	case []byte:
		return string(v)
	default:
		return c.wrong(v, "text")
	}
}

// number is the next cell, of a number.
func (c *cells) number() int64 {
	v := c.take()
	n, ok := v.(int64)
	if !ok {
		c.wrong(v, "a number")
	}
	return n
}

func (c *cells) take() any {
	v := c.cell[c.next]
	c.next++
	return v
}

func (c *cells) wrong(v any, want string) string {
	if c.err == nil {
		c.err = &damaged{why: fmt.Sprintf("column %d of a row holds a %T, want %s", c.next, v, want)}
	}
	return ""
}
