-- Lists within a span of time are read in the order of an index, filters and all.

DROP INDEX tasks_by_time;
CREATE INDEX tasks_by_time ON tasks (created_ms, agent);
CREATE INDEX tasks_by_state_and_time ON tasks (state, created_ms);
