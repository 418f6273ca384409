package hostsim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// parametersFile is what terminals download, in the host's folder: lines of name=value.
const parametersFile = "parameters.txt"

// partLength is the most that one answer carries of it.
const partLength = 200

// builtInParameters are those of a host without the file.
func builtInParameters() []byte {
	return fmt.Appendf(nil, "batch.limit=999\noffline.count=20\noffline.sum=500000\noffline.amount=20000\ncompletion.percent=%d\ntip.percent=30\n",
		completionPercent)
}

// download answers one part of the parameters. The file is read for each, so that a person
// may change it; a part that is not there is refused.
func (h *Host) download(r request) (answer, error) {
	whole, err := os.ReadFile(h.parametersPath())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		whole = builtInParameters()
	case err != nil:
		return answer{}, fmt.Errorf("parameters: %w", err)
	}
	from := (r.part - 1) * partLength
	if from < 0 || from > 0 && from >= len(whole) {
		return answer{code: codeInvalid}, nil
	}
	to := min(from+partLength, len(whole))
	return answer{code: codeApproved, parameters: whole[from:to], more: to < len(whole)}, nil
}

func (h *Host) parametersPath() string {
	return filepath.Join(filepath.Dir(h.ledger.Path()), parametersFile)
}
