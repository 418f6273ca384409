package shop

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// The lengths of a PIN.
const (
	minPIN = 4
	maxPIN = 12
)

// pinCost is what one hash costs: argon2id (RFC 9106) with 46 MiB of memory in one pass
// and one lane, the first of the settings that OWASP's password storage cheat sheet holds
// for equal. It takes about 50 ms.
func pinCost() cost { return cost{memory: 47104, time: 1, lanes: 1} }

const (
	saltSize = 16
	hashSize = 32
)

// cost are the parameters of a hash, memory in KiB.
type cost struct {
	memory, time uint32
	lanes        uint8
}

// hash is a PIN as the store keeps it.
type hash struct {
	cost
	salt, sum []byte
}

var errHash = errors.New("PIN hash has another form")

// hashPIN makes what the store keeps of a new PIN: the text of the PHC string format,
// "$argon2id$v=19$m=…,t=…,p=…$salt$hash" in base 64 without padding.
func (s *Shop) hashPIN(id till.StaffID, pin card.Secret) (string, error) {
	h := hash{cost: pinCost(), salt: make([]byte, saltSize)}
	if _, err := io.ReadFull(s.cfg.Random, h.salt); err != nil {
		return "", fmt.Errorf("drawing a salt: %w", err)
	}
	sum, err := s.sumPIN(id, pin, h)
	h.sum = sum
	return h.String(), err
}

// matchPIN compares a PIN with a stored hash in time that does not depend on either.
func (s *Shop) matchPIN(id till.StaffID, pin card.Secret, stored string) (bool, error) {
	h, err := parseHash(stored)
	if err != nil {
		return false, err
	}
	sum, err := s.sumPIN(id, pin, h)
	return subtle.ConstantTimeCompare(sum, h.sum) == 1, err
}

// sumPIN hashes a PIN under the pepper. The member goes in too, so that a hash that is
// copied to another row of the store fits nobody there.
func (s *Shop) sumPIN(id till.StaffID, pin card.Secret, h hash) ([]byte, error) {
	pepper, err := s.cfg.Pepper()
	if err != nil {
		return nil, err
	}
	defer clear(pepper)
	mac := hmac.New(sha256.New, pepper)
	digits := []byte(pin.Reveal())
	defer clear(digits)
	_, _ = mac.Write(append([]byte(id), 0))
	_, _ = mac.Write(digits)
	seasoned := mac.Sum(nil)
	defer clear(seasoned)
	return argon2.IDKey(seasoned, h.salt, h.time, h.memory, h.lanes, hashSize), nil
}

// String is the PHC string.
func (h hash) String() string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.time, h.lanes,
		enc.EncodeToString(h.salt), enc.EncodeToString(h.sum))
}

// parseHash reads a PHC string of argon2id whose cost is one that this program would pay.
func parseHash(text string) (hash, error) {
	var h hash
	var version int
	var salt, sum string
	if _, err := fmt.Sscanf(text, "$argon2id$v=%d$m=%d,t=%d,p=%d$%22s$%43s", &version, &h.memory, &h.time, &h.lanes, &salt, &sum); err != nil {
		return hash{}, errHash
	}
	var err, err2 error
	h.salt, err = base64.RawStdEncoding.DecodeString(salt)
	h.sum, err2 = base64.RawStdEncoding.DecodeString(sum)
	sound := err == nil && err2 == nil && version == argon2.Version && len(h.salt) == saltSize && len(h.sum) == hashSize
	payable := h.memory >= 8 && h.memory <= 1<<20 && h.time >= 1 && h.time <= 16 && h.lanes >= 1 && h.lanes <= 4
	if !sound || !payable || h.String() != text {
		return hash{}, errHash
	}
	return h, nil
}

// checkNewPIN refuses a PIN that is none, and one that is tried first.
func checkNewPIN(pin card.Secret) error {
	digits := []byte(pin.Reveal())
	defer clear(digits)
	if len(digits) < minPIN || len(digits) > maxPIN || !areDigits(digits) {
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("a PIN is %d to %d digits", "PIN 为 %d 至 %d 位数字").With(minPIN, maxPIN),
			Hint: i18n.T("choose another", "请另选一个").With(),
		}
	}
	if isTrivial(digits) {
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("this PIN is among the first that anybody would try", "该 PIN 过于简单，易被猜中").With(),
			Hint: i18n.T("choose one that is not the same digit over and over and does not count up or down", "请勿使用重复数字或连续数字").With(),
		}
	}
	return nil
}

func areDigits(b []byte) bool {
	for _, d := range b {
		if d < '0' || d > '9' {
			return false
		}
	}
	return true
}

// isTrivial reports digits that go on by the same step of 0, 1 or -1, 9 and 0 being
// neighbours.
func isTrivial(digits []byte) bool {
	step := func(i int) byte { return (digits[i] + 10 - digits[i-1]) % 10 }
	first := step(1)
	for i := 2; i < len(digits); i++ {
		if step(i) != first {
			return false
		}
	}
	return first == 0 || first == 1 || first == 9
}

// checkPIN counts a try and then looks whether the PIN is the member's. A right one
// forgets the wrong ones before it.
func (s *Shop) checkPIN(ctx context.Context, member till.Staff, pin card.Secret) error {
	if member.PINHash == "" {
		return noPIN(member)
	}
	g, err := s.guardOf(ctx, member)
	if err != nil {
		return err
	}
	tries, err := s.countTry(ctx, g)
	if err != nil {
		return err
	}
	right, err := s.matchPIN(member.ID, pin, member.PINHash)
	if err != nil {
		return damagedPIN(member, err)
	}
	if !right {
		return g.wrong(tries)
	}
	return s.cfg.Store.ClearTries(ctx, member.ID)
}

func noPIN(member till.Staff) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s has no PIN", "%s 未设置 PIN").With(member.ID),
		Hint: i18n.T("an admin sets one with till staff pin %s", "请由管理员设置：till staff pin %s").With(member.ID),
	}
}

func damagedPIN(member till.Staff, cause error) error {
	return &till.Problem{
		Code: till.CodeStore, Cause: cause,
		What: i18n.T("the PIN of %s as it is stored cannot be read", "%s 所存的 PIN 无法读取").With(member.ID),
		Hint: i18n.T("an admin sets a new one with till staff pin %s", "请由管理员重新设置：till staff pin %s").With(member.ID),
	}
}
