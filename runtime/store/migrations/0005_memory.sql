-- What agents know. Facts and pieces of documents share one row of numbers, so that the
-- index of words, vectors and ranks need no second one. Numbers are never used again.
CREATE TABLE memory_items (
    n             INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL,    -- fact, piece
    agent         TEXT NOT NULL,    -- '': every agent's
    subject       TEXT NOT NULL,    -- of a piece: the name of its document
    subject_key   TEXT NOT NULL,    -- '': no subject; equal subjects have equal keys
    text          TEXT NOT NULL,
    text_key      TEXT NOT NULL,    -- equal statements have equal keys
    source        TEXT NOT NULL,
    label         TEXT NOT NULL,    -- trusted, untrusted
    valid_from_ms INTEGER NOT NULL,
    valid_to_ms   INTEGER NOT NULL, -- 0: it still is
    supersedes    TEXT,
    superseded_by TEXT,             -- not NULL: was corrected; in no index
    document      TEXT,
    position      INTEGER NOT NULL,
    created_ms    INTEGER NOT NULL
);
CREATE INDEX memory_by_text ON memory_items (text_key);
CREATE INDEX memory_by_subject ON memory_items (subject_key, n) WHERE subject_key <> '';
CREATE INDEX memory_by_document ON memory_items (document, position)
    WHERE document IS NOT NULL;

CREATE TABLE memory_documents (
    n          INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    agent      TEXT NOT NULL,
    name       TEXT NOT NULL,
    source     TEXT NOT NULL,
    label      TEXT NOT NULL,
    hash       TEXT NOT NULL,
    created_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX memory_documents_by_hash ON memory_documents (agent, hash);

-- The terms of every item that can be found, see store/terms.h. The table keeps them, so
-- that a row can be taken out of the index whatever became of the rules for terms.
CREATE VIRTUAL TABLE memory_terms USING fts5 (terms, tokenize = 'ascii');

-- What a model for embeddings made of an item.
CREATE TABLE memory_vectors (
    item   INTEGER NOT NULL,
    model  TEXT NOT NULL,
    dims   INTEGER NOT NULL,
    kind   TEXT NOT NULL,           -- float32, int8
    vector BLOB NOT NULL,
    PRIMARY KEY (item, model)
);

-- Which task was told an item, so that its records hold it.
CREATE TABLE memory_uses (
    item    INTEGER NOT NULL,
    task_id TEXT NOT NULL,
    PRIMARY KEY (item, task_id)
) WITHOUT ROWID;
CREATE INDEX memory_uses_by_task ON memory_uses (task_id);

-- What was handed out as a whole; agent '': everything.
CREATE TABLE memory_exports (
    n     INTEGER PRIMARY KEY,
    agent TEXT NOT NULL,
    at_ms INTEGER NOT NULL
);
