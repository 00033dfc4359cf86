-- Lists are read in the order of an index, filters and all. A task enters the indexes by
-- state when it has ended; ended_ms is 0 until then. (A condition that names states would
-- be searched for each row that is written.)

DROP INDEX tasks_unfinished;
DROP INDEX tasks_by_state;
DROP INDEX tasks_by_agent_and_state;
DROP INDEX tasks_by_time;
DROP INDEX tasks_prunable;
CREATE INDEX tasks_unfinished ON tasks (n) WHERE ended_ms = 0;
CREATE INDEX tasks_by_state ON tasks (state, n) WHERE ended_ms > 0;
CREATE INDEX tasks_by_agent_and_state ON tasks (agent, state, n) WHERE ended_ms > 0;
CREATE INDEX tasks_by_time ON tasks (created_ms, agent);
CREATE INDEX tasks_by_state_and_time ON tasks (state, created_ms) WHERE ended_ms > 0;
CREATE INDEX tasks_prunable ON tasks (ended_ms) WHERE ended_ms > 0 AND pruned_ms = 0;

-- When a task last used a prompt, as its process says from time to time: what is older
-- than all tasks that have a journal is used by none.
DROP TABLE prompt_uses;
ALTER TABLE prompts ADD COLUMN used_ms INTEGER NOT NULL DEFAULT 0;
UPDATE prompts SET used_ms = (SELECT COALESCE(MAX(created_ms), 0) FROM tasks);
