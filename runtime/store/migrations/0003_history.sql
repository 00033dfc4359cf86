-- Tasks are found by any filter; a plan alone and a dry run have states of their own.

ALTER TABLE tasks ADD COLUMN routine TEXT;
ALTER TABLE tasks ADD COLUMN pruned_ms INTEGER NOT NULL DEFAULT 0;
UPDATE tasks SET routine = json_extract(spec, '$.routine') WHERE json_valid(spec);
UPDATE tasks SET state = 'planned'
    WHERE state = 'done' AND json_valid(spec) AND json_extract(spec, '$.plan_only');
UPDATE tasks SET state = 'dry_run'
    WHERE state = 'done' AND json_valid(spec) AND json_extract(spec, '$.dry_run');

CREATE INDEX tasks_by_time ON tasks (created_ms);
CREATE INDEX tasks_by_routine ON tasks (routine, n) WHERE routine IS NOT NULL;

-- Those that may be pruned, the first to have ended first.
CREATE INDEX tasks_prunable ON tasks (ended_ms) WHERE pruned_ms = 0 AND state IN
    ('done', 'planned', 'dry_run', 'unproven', 'failed', 'cancelled', 'over_budget');

-- The words of tasks in pieces that can be looked up, see store/words.h; the text itself
-- is in tasks.
CREATE VIRTUAL TABLE task_words USING fts5 (
    pieces, content = '', tokenize = "unicode61 remove_diacritics 2"
);
INSERT INTO task_words (rowid, pieces) SELECT n, sc_words(words) FROM tasks;

-- What models were asked, each text once; the journal has the hashes.
CREATE TABLE prompts (
    n    INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);
CREATE TABLE prompt_uses (
    task_id TEXT NOT NULL,
    hash    TEXT NOT NULL,
    PRIMARY KEY (task_id, hash)
) WITHOUT ROWID;
CREATE INDEX prompt_uses_by_hash ON prompt_uses (hash);
