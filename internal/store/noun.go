package store

import (
	"encoding/json"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// The subjects of journal rows about the shop's books. The body is the noun as canonical
// JSON; where somebody changed it, with one field more, "change", a till.Change.
const (
	AboutItem      Subject = "item"      // the id its ID
	AboutStocktake Subject = "stocktake" // the id its ID
	AboutStaff     Subject = "staff"     // the id its ID; the body is a StaffRow
	AboutMember    Subject = "member"    // the id its ID
	AboutProgramme Subject = "programme" // the id its ID
	AboutTaxClass  Subject = "tax"       // the id its Code
	AboutStock     Subject = "stock"     // the body is a list of till.StockMove, the id the Seq of its first
	AboutPoints    Subject = "points"    // the body is a till.PointsMove, the id its Seq
	AboutClocking  Subject = "clocking"  // the body is a till.Clocking, the id its Seq
)

// Body is the canonical JSON of a noun: its fields in the order of its type.
func Body(about Subject, id string, noun any) ([]byte, error) {
	body, err := json.Marshal(noun)
	if err != nil {
		return nil, fmt.Errorf("%s %s as JSON: %w", about, id, err)
	}
	return body, nil
}

// Changed is a body that says who changed it, when and why. Who reads it as the type of
// its noun does not see that field.
func Changed(body []byte, ch till.Change) ([]byte, error) {
	ch.At = ch.At.UTC().Round(0)
	said, err := json.Marshal(ch)
	if err != nil {
		return nil, fmt.Errorf("change as JSON: %w", err)
	}
	all := make([]byte, 0, len(body)+len(said)+len(`,"change":`))
	all = append(all, body[:len(body)-1]...)
	all = append(all, `,"change":`...)
	all = append(all, said...)
	return append(all, '}'), nil
}

// StaffRow is a member of the staff in the journal. The hash of the PIN is not in it: a
// journal is printed, kept elsewhere and handed to auditors, and nobody could take an old
// hash out of it. What is there is the SHA-256 of the hash. It tells a verification that
// the hash was changed; to try PINs against it one would need the salt, which stands in
// the hash alone, beside the pepper.
type StaffRow struct {
	till.Staff
	PINSHA256 string `json:"pin_sha256,omitempty"` // hex; empty where there is no PIN
}

// StaffBody is the canonical JSON of a member of the staff in the journal.
func StaffBody(s till.Staff) ([]byte, error) {
	row := StaffRow{Staff: s}
	if s.PINHash != "" {
		row.PINHash, row.PINSHA256 = "", digest([]byte(s.PINHash))
	}
	return Body(AboutStaff, string(s.ID), row)
}

// noun is what a user calls a thing of the books, and the command that shows them.
type noun struct {
	word i18n.Text
	list string
}

func nounOf(about Subject) noun {
	switch about { //nolint:exhaustive // the others are told of by problems of their own
	case AboutItem:
		return noun{i18n.T("item", "商品"), "till item list"}
	case AboutStocktake:
		return noun{i18n.T("stocktake", "盘点"), "till stock count list"}
	case AboutStaff:
		return noun{i18n.T("member of the staff", "员工"), "till staff list"}
	case AboutMember:
		return noun{i18n.T("member", "会员"), "till customer list"}
	case AboutProgramme:
		return noun{i18n.T("promotion", "促销"), "till promo list"}
	case AboutTaxClass:
		return noun{i18n.T("tax class", "税类"), "till tax list"}
	}
	return noun{i18n.T("entry", "记录"), "till doctor"}
}

// NoNoun is the problem of a thing that the books do not hold.
func NoNoun(about Subject, id string) error {
	n := nounOf(about)
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("there is no %s %s", "没有%s %s").With(n.word, id),
		Hint: i18n.T("%s shows what there is", "%s 可列出已有内容").With(n.list),
	}
}

// StaleNoun is the problem of a change to another version than the store holds; its cause
// is till.ErrStale. A version of 0 was meant to be new.
func StaleNoun(about Subject, id string, named, held int) error {
	n := nounOf(about)
	cause := fmt.Errorf("commit names version %d, the store holds %d: %w", named, held, till.ErrStale)
	if named == 0 {
		return &till.Problem{
			Code: till.CodeConflict, Cause: cause,
			What: i18n.T("%s %s exists already", "已有%s %s").With(n.word, id),
			Hint: i18n.T("change that one, or choose another id: %s shows what there is", "请修改已有的，或另选编号：%s 可列出已有内容").With(n.list),
		}
	}
	return &till.Problem{
		Code: till.CodeFailure, Cause: cause,
		What: i18n.T("%s %s was changed by another program meanwhile", "%s %s 已被另一程序更改").With(n.word, id),
		Hint: i18n.T("nothing was stored; look at it again: %s", "未保存任何内容；请重新查看：%s").With(n.list),
	}
}
