# Reads the output of `go test -v`: shows one line a package and what failed tests said,
# and fails if a test skipped. One reason is allowed: what is other people's and no part of
# the repository, their vectors (TILL_VECTORS) and the packagers of jPOS (TILL_JPOS).

# Lines belong to the test that was named last; a package's first lines, or the words of
# a build that failed, belong to none and are shown at once.
/^=== (RUN|CONT|NAME|PAUSE) / { test = $3; next }

/^ *--- PASS: / { next }

/^ *--- SKIP: / {
  if (said[$3] !~ /TILL_VECTORS|TILL_JPOS/) bad = bad "\n  " $3 ": " said[$3]
  next
}

/^ *--- FAIL: / { print said[$3] $0; said[$3] = ""; next }

/^(ok|FAIL|\?) *\t/ {
  if ($1 == "FAIL" && test != "") printf "%s", said[test]
  print
  test = ""
  split("", said)
  next
}

/^(PASS|FAIL)$/ { next }

test == "" { print; next }
{ said[test] = said[test] $0 "\n" }

END {
  if (bad != "") { print "these tests skipped, and nothing may skip here:" bad; exit 1 }
}
