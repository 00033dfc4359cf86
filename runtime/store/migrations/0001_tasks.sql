-- n counts upwards and orders: the clock may be set back.

CREATE TABLE tasks (
    n          INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    agent      TEXT NOT NULL,
    words      TEXT NOT NULL,
    state      TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    ended_ms   INTEGER NOT NULL,
    spec       TEXT NOT NULL,
    answer     TEXT,
    wake_ms    INTEGER NOT NULL,
    cost_micro INTEGER NOT NULL
);
CREATE INDEX tasks_by_agent ON tasks (agent, n);
CREATE INDEX tasks_by_state ON tasks (state, n);
CREATE INDEX tasks_by_agent_and_state ON tasks (agent, state, n);
CREATE INDEX tasks_unfinished ON tasks (n)
    WHERE state IN ('planning', 'running', 'waiting');

-- Rows are appended whatever their task is, so that a commit for many tasks writes few
-- pages; the index is small.
CREATE TABLE journal (
    n       INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    body    TEXT NOT NULL
);
CREATE UNIQUE INDEX journal_by_task ON journal (task_id, seq);

CREATE TABLE effects (
    n          INTEGER PRIMARY KEY,
    task_id    TEXT NOT NULL,
    step_id    TEXT NOT NULL,
    element    INTEGER NOT NULL,
    tool       TEXT NOT NULL,
    version    TEXT NOT NULL,
    key        TEXT NOT NULL,
    once       TEXT,
    agent      TEXT NOT NULL,
    args_hash  TEXT NOT NULL,
    args       TEXT NOT NULL,
    approver   TEXT,
    state      TEXT NOT NULL,
    result     TEXT,
    at_ms      INTEGER NOT NULL,
    settled_ms INTEGER NOT NULL,
    limit_key  TEXT
);
CREATE UNIQUE INDEX effects_by_key ON effects (tool, key);
CREATE UNIQUE INDEX effects_by_once ON effects (agent, tool, once)
    WHERE once IS NOT NULL;
CREATE INDEX effects_by_limit ON effects (agent, limit_key, at_ms)
    WHERE limit_key IS NOT NULL AND state <> 'failed';
CREATE INDEX effects_by_task ON effects (task_id, n);
CREATE INDEX effects_open ON effects (task_id) WHERE state = 'intent';

CREATE TABLE agent_state (
    agent TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (agent, key)
);

CREATE TABLE cache (
    key        TEXT NOT NULL PRIMARY KEY,
    value      TEXT NOT NULL,
    at_ms      INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
);
CREATE INDEX cache_by_expiry ON cache (expires_ms);

CREATE TABLE costs (
    n          INTEGER PRIMARY KEY,
    task_id    TEXT NOT NULL,
    agent      TEXT NOT NULL,
    model      TEXT NOT NULL,
    usage      TEXT NOT NULL,
    cost_micro INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL
);
CREATE INDEX costs_by_agent ON costs (agent, at_ms);
CREATE INDEX costs_by_task ON costs (task_id);
