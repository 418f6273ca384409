package linktest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// Fate is what becomes of one request. The zero Fate is Answer.
type Fate struct {
	name string
	run  func(*visit) error
}

// String names the fate: "half a frame of 20 bytes".
func (f Fate) String() string {
	if f.run == nil {
		return "answer"
	}
	return f.name
}

// Answer lets the Handler answer; where it gives no answer there is silence. It is
// also what requests meet beyond the script.
func Answer() Fate { return Fate{"answer", (*visit).sendAnswer} }

// AnswerWith lets another Handler answer, this once.
func AnswerWith(handler link.Handler) Fate {
	return Fate{"answer of another handler", func(v *visit) error {
		answer, err := handler.ServeISO(v.conn.host.ctx, v.req)
		if err != nil || answer == nil {
			return err
		}
		return v.send(answer)
	}}
}

// Silence is a request that was lost: the Handler does not see it, and nothing comes.
func Silence() Fate { return Fate{"silence", func(*visit) error { return nil }} }

// LoseAnswer is an answer that was lost: the Handler does its work, and nothing comes.
func LoseAnswer() Fate {
	return Fate{"lost answer", func(v *visit) error {
		_, err := v.answer()
		return err
	}}
}

// Delay is another fate, after a while. Where a test can say what must happen first,
// Hold is surer.
func Delay(d time.Duration, then Fate) Fate {
	return Fate{fmt.Sprintf("after %v %v", d, then), func(v *visit) error {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return then.play(v)
		case <-v.conn.host.ctx.Done():
			return nil
		}
	}}
}

// Hold is another fate, once the channel is closed or gives something: a late answer
// that comes exactly when the test has seen the deadline pass.
func Hold(until <-chan struct{}, then Fate) Fate {
	return Fate{"held back " + then.String(), func(v *visit) error {
		select {
		case <-until:
			return then.play(v)
		case <-v.conn.host.ctx.Done():
			return nil
		}
	}}
}

// Garbage answers with a sound frame that holds no message. The Handler does not see
// the request.
func Garbage() Fate {
	return Fate{"garbage", func(v *visit) error {
		frame, err := framed(v.route, []byte("\x00\xFFno message of any dialect"))
		v.write(frame)
		return err
	}}
}

// Noise answers with these bytes, without a frame. The Handler does not see the
// request.
func Noise(b []byte) Fate {
	b = bytes.Clone(b)
	return Fate{fmt.Sprintf("noise of %d bytes", len(b)), func(v *visit) error {
		v.write(b)
		return nil
	}}
}

// HalfFrame sends the first n bytes of the answer's frame, header and all, and closes
// the connection; a frame of no more than n bytes is cut before its last. The Handler
// does its work.
func HalfFrame(n int) Fate {
	return Fate{fmt.Sprintf("half a frame of %d bytes", n), func(v *visit) error {
		defer v.hangUp()
		answer, err := v.answer()
		if err != nil || answer == nil {
			return err
		}
		frame, err := v.frame(answer)
		if err != nil {
			return err
		}
		v.write(frame[:max(0, min(n, len(frame)-1))])
		return nil
	}}
}

// Close closes the connection before the Handler sees the request.
func Close() Fate {
	return Fate{"close", func(v *visit) error {
		v.hangUp()
		return nil
	}}
}

// CloseAnswered closes the connection when the Handler has done its work, in the place
// of its answer.
func CloseAnswered() Fate {
	return Fate{"close in place of the answer", func(v *visit) error {
		defer v.hangUp()
		_, err := v.answer()
		return err
	}}
}

// Duplicate sends the answer twice.
func Duplicate() Fate {
	return Fate{"duplicate", func(v *visit) error {
		answer, err := v.answer()
		for range 2 {
			if err == nil && answer != nil {
				err = v.send(answer)
			}
		}
		return err
	}}
}

// Unsolicited sends these messages, which nobody asked for, and then the answer.
func Unsolicited(messages ...*iso8583.Message) Fate {
	return Fate{fmt.Sprintf("%d unsolicited messages", len(messages)), func(v *visit) error {
		for _, m := range messages {
			if err := v.send(m); err != nil {
				return err
			}
		}
		return v.sendAnswer()
	}}
}

// OtherSTAN answers with the trace number (field 11) that follows the request's.
func OtherSTAN() Fate {
	return Alter("other trace number", func(answer *iso8583.Message) error { return following(answer, "11") })
}

// OtherAmount answers with an amount (field 4) of one minor unit more.
func OtherAmount() Fate {
	return Alter("other amount", func(answer *iso8583.Message) error { return following(answer, "4") })
}

// OtherTerminal answers with a terminal (field 41) of another last character.
func OtherTerminal() Fate {
	return Alter("other terminal", func(answer *iso8583.Message) error {
		id := strings.TrimRight(answer.Value("41"), " ")
		if id == "" {
			return fmt.Errorf("the answer has no field 41 to change")
		}
		last := byte('9')
		if id[len(id)-1] == last {
			last = '8'
		}
		return answer.Set("41", id[:len(id)-1]+string(last))
	})
}

// Alter answers with what change makes of the Handler's answer; name is what the host
// calls the fate.
func Alter(name string, change func(answer *iso8583.Message) error) Fate {
	return Fate{name, func(v *visit) error {
		answer, err := v.answer()
		if err != nil || answer == nil {
			return err
		}
		if err := change(answer); err != nil {
			return err
		}
		return v.send(answer)
	}}
}

// following sets a field of digits to the next number of the same width.
func following(m *iso8583.Message, path string) error {
	value := m.Value(path)
	n, err := strconv.ParseUint(value, 10, 63)
	if err != nil {
		return fmt.Errorf("the answer has no number in field %s to change", path)
	}
	next := fmt.Sprintf("%0*d", len(value), n+1)
	if len(next) > len(value) {
		next = fmt.Sprintf("%0*d", len(value), 1)
	}
	return m.Set(path, next)
}

func (f Fate) play(v *visit) error {
	if f.run == nil {
		return v.sendAnswer()
	}
	return f.run(v)
}
