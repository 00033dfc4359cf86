#!/usr/bin/env python3
"""Cuts recorded exchanges into plain files: cut.py SOURCE_FOLDER (see README.md)."""
import json
import pathlib
import sys

import yaml

CHUNKS = ["alibaba__alibaba-reasoning", "alibaba__alibaba-tool-call", "deepseek__deepseek-reasoning",
          "deepseek__deepseek-tool-call", "openai-compatible__xai-tool-call", "xai__xai-tool-call"]
# Those that do not end with [DONE].
OTHERS = ["anthropic__anthropic-json-tool.1", "anthropic__anthropic-programmatic-tool-calling.1",
          "anthropic__anthropic-tool-no-args", "anthropic__anthropic-tool-search-bm25.1",
          "google__google-tool-call-gemini3", "google__google-tool-call",
          "open-responses__lmstudio-tool-call.1", "openai__openai-error.1",
          "openai__openai-reasoning-encrypted-content.1", "openai__openai-tool-search.1",
          "openai__parallel-tool-call-wrapper.1", "openai__programmatic-tool-calling.1"]
CASSETTES = ["anthropic-parallel-tools", "anthropic-redacted-thinking-stream", "anthropic-thinking-stream",
             "deepseek-responses-tool-stream", "google-stream-tool-thoughtsig", "deepseek-thinking-stream", "deepseek-tools-with-thinking", "ollama-tool-output",
             "openrouter-errors", "openrouter-stream-error", "openrouter-streaming-reasoning",
             "zai-preserved-thinking", "zai-thinking-stream"]

REQUESTS = ["anthropic-parallel-tools", "google-stream-tool-thoughtsig"]  # their second one

source, here = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent

for name in CHUNKS:  # one payload a line, the way it stood after "data: "
    lines = (source / (name + ".chunks.jsonl")).read_text().splitlines()
    events = "".join("data: %s\n\n" % line for line in lines if line)
    (here / (name + ".sse")).write_text(events + "data: [DONE]\n\n")


def whole(line):
    """Two lines of the synthetic recording lack their last brace."""
    try:
        json.loads(line)
        return line
    except ValueError:
        return line + "}"


for name in OTHERS:  # likewise; several replies may stand in one file
    replies = []
    for line in map(whole, filter(None, (source / (name + ".chunks.jsonl")).read_text().splitlines())):
        if not replies or json.loads(line).get("type") in ("response.created", "message_start"):
            replies.append("")
        replies[-1] += "data: %s\n\n" % line
    for number, reply in enumerate(replies, 1):
        end = ".%d.sse" % number if len(replies) > 1 else ".sse"
        (here / (name.removesuffix(".1") + end)).write_text(reply)

for name in CASSETTES:  # streams as text, plain replies as parsed JSON
    replies = yaml.safe_load((source / (name + ".cassette.yaml")).read_text())["interactions"]
    streams = sum("body" in one["response"] for one in replies)
    for number, reply in enumerate((one["response"] for one in replies), 1):
        if "body" in reply:
            end = ".%d.sse" % number if streams > 1 else ".sse"
            (here / (name + end)).write_text(reply["body"]["string"])
        else:
            body = json.dumps(reply["parsed_body"], ensure_ascii=False)
            (here / ("%s.%d.json" % (name, number))).write_text(body + "\n")

for name in REQUESTS:
    request = yaml.safe_load((source / (name + ".cassette.yaml")).read_text())["interactions"][1]["request"]
    body = json.dumps(request["parsed_body"], ensure_ascii=False)
    (here / (name + ".2.request.json")).write_text(body + "\n")
