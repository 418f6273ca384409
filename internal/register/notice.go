package register

import "github.com/tillworks/till/internal/wallet"

// noticesKept is how many notifications of one order wait for it to look; more are
// repeats, and the query that the first triggers tells all.
const noticesKept = 4

// Notice takes a notification of the gateway. Anybody can send one, so it is handed to
// the order that it names, which asks the gateway; without such an order here it is
// dropped, since whoever works on that order asks by itself.
func (r *Register) Notice(n wallet.Notice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if to, ok := r.notices[n.Number]; ok {
		select {
		case to <- n:
		default:
		}
	}
}

// listen hears the notifications of an order until stop is called.
func (r *Register) listen(number string) (notices <-chan wallet.Notice, stop func()) {
	heard := make(chan wallet.Notice, noticesKept)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notices[number] = heard
	return heard, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.notices, number)
	}
}

func (r *Register) notifyURL() string {
	if r.cfg.NotifyURL == nil {
		return ""
	}
	return r.cfg.NotifyURL()
}
