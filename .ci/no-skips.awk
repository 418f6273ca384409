# Reads the output of `go test -v`, shows what went wrong and what is told at the end of
# a package, and fails if a test skipped. Allowed is one reason alone: the vectors of
# other people, which are no part of the repository.
/^ *--- SKIP: / { skipped = $3; print; next }
skipped != "" {
  print
  if ($0 !~ /TILL_VECTORS/) bad = bad "\n  " skipped
  skipped = ""
  next
}
/^ *--- FAIL: / { failing = 1 }
/^ok |^FAIL|^---|^panic:|^\?/ && !/^--- PASS/ { print; failing = /^--- FAIL/; next }
failing { print }
END {
  if (bad != "") { print "these tests skipped, and nothing may skip here:" bad; exit 1 }
}
