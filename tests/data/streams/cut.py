#!/usr/bin/env python3
"""Cuts recorded exchanges into plain files: cut.py SOURCE_FOLDER (see README.md)."""
import json
import pathlib
import sys

import yaml

CHUNKS = ["alibaba__alibaba-reasoning", "alibaba__alibaba-tool-call", "deepseek__deepseek-reasoning",
          "deepseek__deepseek-tool-call", "openai-compatible__xai-tool-call", "xai__xai-tool-call"]
CASSETTES = ["deepseek-thinking-stream", "deepseek-tools-with-thinking", "ollama-tool-output",
             "openrouter-errors", "openrouter-stream-error", "openrouter-streaming-reasoning",
             "zai-preserved-thinking", "zai-thinking-stream"]

source, here = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent

for name in CHUNKS:  # one payload a line, the way it stood after "data: "
    lines = (source / (name + ".chunks.jsonl")).read_text().splitlines()
    events = "".join("data: %s\n\n" % line for line in lines if line)
    (here / (name + ".sse")).write_text(events + "data: [DONE]\n\n")

for name in CASSETTES:  # streams as text, plain replies as parsed JSON
    replies = yaml.safe_load((source / (name + ".cassette.yaml")).read_text())["interactions"]
    for number, reply in enumerate((one["response"] for one in replies), 1):
        if "body" in reply:
            (here / (name + ".sse")).write_text(reply["body"]["string"])
        else:
            body = json.dumps(reply["parsed_body"], ensure_ascii=False)
            (here / ("%s.%d.json" % (name, number))).write_text(body + "\n")
