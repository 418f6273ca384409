-- +goose Up

-- What is sold, what is in stock, who sells it and to whom.

PRAGMA user_version = 2;
