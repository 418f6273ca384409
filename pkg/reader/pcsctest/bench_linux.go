package pcsctest

import (
	"bufio"
	"flag"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Bench runs the benchmark over a pcscd of its own, as [Run] does a test. What its
// sub-benchmarks measured in the other process, every metric of them, is reported here
// under the same names, with "runs" for how often the loop went round there. The
// benchmark must have sub-benchmarks.
func Bench(b *testing.B, benchmark func(b *testing.B, stack *Stack), readers ...string) {
	b.Helper()
	if stack := inside(b, readers); stack != nil {
		benchmark(b, stack)
		return
	}
	said := again(b, "-test.run=^$", "-test.bench="+pattern(b.Name()), "-test.benchmem", "-test.benchtime="+benchTime())
	results := parseResults(b.Name(), said)
	if len(results) == 0 {
		b.Fatalf("the benchmark did not run in the namespace:\n%s", said)
	}
	for _, r := range results {
		b.Run(r.name, func(b *testing.B) {
			for _, m := range r.metrics {
				b.ReportMetric(m.value, m.unit)
			}
		})
	}
}

func benchTime() string {
	if f := flag.Lookup("test.benchtime"); f != nil {
		return f.Value.String()
	}
	return "1s"
}

// result is what one sub-benchmark measured.
type result struct {
	name    string
	metrics []metric
}

type metric struct {
	value float64
	unit  string
}

// parseResults finds the lines of the sub-benchmarks of a benchmark: name and
// processors, runs, and pairs of a value and its unit (the benchmark data format of Go).
func parseResults(benchmark, said string) []result {
	line := regexp.MustCompile(`^` + regexp.QuoteMeta(benchmark) + `/(\S+?)(?:-\d+)?\s+(\d+\s.*)$`)
	var results []result
	for lines := bufio.NewScanner(strings.NewReader(said)); lines.Scan(); {
		found := line.FindStringSubmatch(lines.Text())
		if found == nil {
			continue
		}
		fields := append(strings.Fields(found[2])[:1:1], "runs")
		fields = append(fields, strings.Fields(found[2])[1:]...)
		r := result{name: found[1]}
		for i := 0; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				break
			}
			r.metrics = append(r.metrics, metric{value, fields[i+1]})
		}
		results = append(results, r)
	}
	return results
}
