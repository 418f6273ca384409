package emv_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// Of the conversations of another kernel's tests two are about records to be
// authenticated: one of a file of the scheme that is no template fails the method, one
// that is a template is taken, and the method then fails for its certificates alone.
func TestVectorsAuthenticatedRecords(t *testing.T) {
	reasons := map[string]string{
		"test10_apdu_list": "a record to be authenticated is no template",
		"test11_apdu_list": "card data for it are missing",
	}
	done := 0
	for _, v := range vectorsOf(t, "transcript") {
		var c conversation
		name := v.Source[strings.LastIndexByte(v.Source, ' ')+1:]
		reason, ours := reasons[name]
		if !ours || !strings.Contains(v.Source, "emv_read_application_data_test") || json.Unmarshal(v.Input, &c) != nil {
			continue
		}
		done++
		t.Run(name, func(t *testing.T) {
			afl := c.Given[strings.TrimSuffix(name, "_apdu_list")+"_afl"]
			lead := leadUp("6F0B8407A0000000031003A500")
			answers := []string{lead[1], lead[3], lead[5], strings.Replace(options(afl), "0000", "4000", 1)}
			for _, a := range c.APDUs {
				answers = append(answers, a.R)
			}
			cfg := authShop()
			cfg.AIDs = []emv.AID{{ID: unhex("A0000000031003")}}
			txn := start(t, cfg)
			_, more, err := txn.Next(nil)
			for ; more && err == nil && len(answers) > 0; answers = answers[1:] {
				_, more, err = txn.Next(unhex(answers[0]))
			}
			if err != nil || len(answers) > 0 {
				t.Fatalf("ends in %v before %v", err, answers)
			}
			if e := txn.Evidence(); e.TVR[0]&(failedSDA|selectedSDA) != failedSDA|selectedSDA || e.TSI[0]&0x80 == 0 {
				t.Errorf("TVR %X, TSI %X", e.TVR, e.TSI)
			}
			if said := sayConversation(txn, "en"); !strings.Contains(said, reason) {
				t.Errorf("want %q in\n%s", reason, said)
			}
		})
	}
	if done != len(reasons) {
		t.Errorf("%d conversations were held, want %d", done, len(reasons))
	}
}
