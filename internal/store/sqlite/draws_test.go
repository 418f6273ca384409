package sqlite_test

// draws is how many random stories each property of the suite is held against.
const draws = "60"
