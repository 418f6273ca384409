-- +goose Up

-- What was sold in one go, what it moved, the drawer and the days.

PRAGMA user_version = 3;
