package faultscript

import (
	"hash/fnv"
	"sync"
)

// Player decides fates by a script and counts what its rules count. It is safe for
// concurrent use.
type Player struct {
	script *Script

	mu    sync.Mutex
	rules []tally // one for each rule
}

// tally is what a rule has counted.
type tally struct {
	seen    int            // messages that meet its conditions
	applied int            // of them, those that met its fate
	drawn   map[string]int // of them by terminal, where chance has a say
}

// NewPlayer begins a script from its start.
func NewPlayer(s *Script) *Player { return &Player{script: s, rules: make([]tally, len(s.Rules))} }

// Decide is the fate of a message: that of the first rule that applies. Every rule counts
// the messages that meet its conditions, whether or not another one decides.
func (p *Player) Decide(m Message) Fate {
	p.mu.Lock()
	defer p.mu.Unlock()
	fate, decided := Fate{}, false
	for i := range p.script.Rules {
		rule := &p.script.Rules[i]
		if !rule.When.meets(m) {
			continue
		}
		draw := p.count(i, m)
		if !decided && p.applies(i, draw) {
			p.rules[i].applied++
			fate, decided = rule.Fate, true
			fate.Garble.Draw = draw
		}
	}
	return fate
}

// count counts a message for a rule and draws its lot.
func (p *Player) count(i int, m Message) uint64 {
	t := &p.rules[i]
	t.seen++
	if t.drawn == nil {
		t.drawn = map[string]int{}
	}
	t.drawn[m.Terminal]++
	return lot(p.script.Seed, i, m.Terminal, t.drawn[m.Terminal])
}

// applies reports that the rule takes the message that it has just counted.
func (p *Player) applies(i int, draw uint64) bool {
	t, rule := p.rules[i], p.script.Rules[i]
	w := rule.When
	return (rule.Times == 0 || t.applied < rule.Times) &&
		(w.Nth.isZero() || w.Nth.has(t.seen)) &&
		(w.Every <= 1 || t.seen%w.Every == 0) &&
		(w.Chance == 0 || Chance(draw%uint64(certain)) < w.Chance)
}

// lot is drawn for the n-th message of a terminal under a rule, so that it does not depend
// on what other terminals do meanwhile: a run with the same seed can be told again.
func lot(seed uint64, rule int, terminal string, n int) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(terminal))
	return mix(mix(mix(seed)^uint64(rule)) ^ mix(h.Sum64()) ^ uint64(n))
}

// mix spreads a number over all bits (the finalizer of SplitMix64, Steele, Lea and Flood
// 2014).
func mix(z uint64) uint64 {
	z += 0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Applied is how often each rule of the script has decided, in their order.
func (p *Player) Applied() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	counts := make([]int, len(p.rules))
	for i, t := range p.rules {
		counts[i] = t.applied
	}
	return counts
}
