-- What a model request used, in numbers: a sum reads them as they are.

CREATE TABLE numbered_costs (
    n                INTEGER PRIMARY KEY,
    task_id          TEXT NOT NULL,
    agent            TEXT NOT NULL,
    model            TEXT NOT NULL,
    cost_micro       INTEGER NOT NULL,
    cost_known       INTEGER NOT NULL,
    at_ms            INTEGER NOT NULL,
    requests         INTEGER NOT NULL,
    input_tokens     INTEGER NOT NULL,
    output_tokens    INTEGER NOT NULL,
    cached_tokens    INTEGER NOT NULL,
    written_tokens   INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL
);
INSERT INTO numbered_costs SELECT n, task_id, agent, model, cost_micro,
    COALESCE(json_extract(usage, '$.cost_known'), 0), at_ms,
    COALESCE(json_extract(usage, '$.requests'), 0),
    COALESCE(json_extract(usage, '$.input_tokens'), 0),
    COALESCE(json_extract(usage, '$.output_tokens'), 0),
    COALESCE(json_extract(usage, '$.cached_tokens'), 0),
    COALESCE(json_extract(usage, '$.written_tokens'), 0),
    COALESCE(json_extract(usage, '$.reasoning_tokens'), 0)
    FROM costs;
DROP TABLE costs;
ALTER TABLE numbered_costs RENAME TO costs;
CREATE INDEX costs_by_task ON costs (task_id);
-- One index serves the sums of a span of time, of all agents and of one.
CREATE INDEX costs_by_time ON costs (at_ms, agent, cost_micro);
