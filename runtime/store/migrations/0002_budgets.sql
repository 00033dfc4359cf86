-- What a model request may cost at most, until it is known what it did cost. Lost: its
-- process ended before that was known.
CREATE TABLE reservations (
    n       INTEGER PRIMARY KEY,
    key     TEXT NOT NULL UNIQUE,
    task_id TEXT NOT NULL,
    agent   TEXT NOT NULL,
    model   TEXT NOT NULL,
    micro   INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    lost    INTEGER NOT NULL
);
CREATE INDEX reservations_by_time ON reservations (at_ms);

-- Sums of a day or a month are read from these alone.
DROP INDEX costs_by_agent;
CREATE INDEX costs_by_agent ON costs (agent, at_ms, cost_micro);
CREATE INDEX costs_by_time ON costs (at_ms, cost_micro);
