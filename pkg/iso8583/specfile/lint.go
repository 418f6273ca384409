package specfile

// Lint finds what is wrong with a spec file, and where. A file without a finding of
// [SeverityError] is one that [Load] takes. The name, of a file, is for a spec that
// gives none; a file that cannot be read at all has one finding. There are at most 200.
func Lint(data []byte, name string) []Finding {
	d := parse(data, Options{Name: baseName(name)})
	d.compile()
	d.doubts()
	return d.list
}
