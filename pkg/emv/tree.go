package emv

// MaxDepth is how deep templates may lie in one another. EMV itself needs four levels.
const MaxDepth = 16

// Node is one data object of a [Tree].
type Node struct {
	Object
	// Depth is 0 for an object at the top, 1 inside one template, and so on.
	Depth int
	// Last is the index in the tree of the node's last descendant, its own if it has
	// none. The next node on the same level, if there is one, is at Last+1.
	Last int
	// Warning says in what way bytes are not BER-TLV, in a lenient tree alone. On a
	// constructed object it is the fault inside, on bytes that are no object (Tag 0)
	// the reason.
	Warning error
}

// IsRest reports bytes in a lenient tree that belong to no data object.
func (n Node) IsRest() bool { return n.Tag == 0 }

// Tree holds the data objects of an input in the order of their bytes, templates
// before what they contain.
type Tree []Node

// Parse reads all data objects of b, down to the primitive ones. The values are parts
// of b, not copies.
//
// In [Strict] mode the first fault ends it with a *SyntaxError. In [Lenient] mode
// there is no error: a constructed object whose value does not begin with data objects
// keeps it opaque, a template that the input ends in is read as far as it goes, and
// bytes behind which no object can be read become one node of Tag 0; all carry the
// fault as their Warning. Every byte that is not filling is then in the tree.
func Parse(b []byte, mode Mode) (Tree, error) {
	p := parser{mode: mode, tree: make(Tree, 0, countObjects(b))}
	err := p.level(Reader{data: b, mode: mode}, 0, -1)
	return p.tree, err
}

// Find gives the first object under a path of tags, each inside the one before:
// Find(0x6F, 0xA5, 0x50). Where a tag occurs twice on a level, the first counts.
func (t Tree) Find(path ...Tag) (Object, bool) {
	lo, hi, depth := 0, len(t), 0
	var found Object
	for _, tag := range path {
		i := t.index(tag, depth, lo, hi)
		if i < 0 {
			return Object{}, false
		}
		found, lo, hi, depth = t[i].Object, i+1, t[i].Last+1, depth+1
	}
	return found, len(path) > 0
}

// Value is the value of the object that Find gives, nil if there is none.
func (t Tree) Value(path ...Tag) []byte {
	o, _ := t.Find(path...)
	return o.Value
}

// index searches one level of t[lo:hi].
func (t Tree) index(tag Tag, depth, lo, hi int) int {
	for i := lo; i < hi; i = t[i].Last + 1 {
		if t[i].Tag == tag && t[i].Depth == depth {
			return i
		}
	}
	return -1
}

type parser struct {
	mode Mode
	tree Tree
}

// level reads the objects of one level; parent is the index of the template around
// them, -1 at the top.
func (p *parser) level(r Reader, depth, parent int) error {
	first := len(p.tree)
	for r.Next() {
		at := len(p.tree)
		p.tree = append(p.tree, Node{Object: r.obj, Depth: depth, Last: at})
		if !r.obj.Tag.IsConstructed() {
			continue
		}
		if err := p.inside(&r, depth, at); err != nil {
			return err
		}
		p.tree[at].Last = len(p.tree) - 1
	}
	if r.err == nil || p.mode == Strict {
		return r.Err()
	}
	if torn, ok := r.torn(); ok && depth+1 < MaxDepth {
		p.keepTorn(&r, torn, depth)
		return nil
	}
	p.keep(&r, depth, parent, len(p.tree) > first)
	return nil
}

// keepTorn reads the template that the input ends in as far as it goes.
func (p *parser) keepTorn(r *Reader, torn Object, depth int) {
	at := len(p.tree)
	p.tree = append(p.tree, Node{Object: torn, Depth: depth, Last: at})
	_ = p.level(r.Inside(torn), depth+1, at) // a lenient level has no error
	p.tree[at].Last, p.tree[at].Warning = len(p.tree)-1, r.err
}

func (p *parser) inside(r *Reader, depth, at int) error {
	if depth+1 < MaxDepth {
		return p.level(r.Inside(r.obj), depth+1, at)
	}
	err := &SyntaxError{Offset: r.obj.Offset, Tag: r.obj.Tag, Err: ErrDepth}
	if p.mode == Strict {
		return err
	}
	p.tree[at].Warning = err
	return nil
}

// keep puts what could not be read into a lenient tree: the template stays opaque if
// nothing in it was read, else the rest becomes a node.
func (p *parser) keep(r *Reader, depth, parent int, some bool) {
	if parent >= 0 {
		p.tree[parent].Warning = r.err
		if !some {
			return
		}
	}
	rest := Object{Offset: r.base + r.pos, Value: r.Rest()}
	p.tree = append(p.tree, Node{Object: rest, Depth: depth, Last: len(p.tree), Warning: r.err})
}

// countObjects guesses the number of nodes so that one allocation holds them: an
// object of EMV takes about nine bytes with its header.
func countObjects(b []byte) int { return len(b)/9 + 2 }
