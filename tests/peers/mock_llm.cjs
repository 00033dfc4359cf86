// mock_llm.cjs: @dwmkerr/mock-llm. What it answers is chosen by the name of the model.
"use strict";

const peer = require("./peer.cjs");
const { createServer } = require("@dwmkerr/mock-llm/dist/server");

const host = "127.0.0.1";

const plan = {
  goal: "add",
  steps: [
    { id: "a", tool: "value", args: { value: 20 } },
    { id: "b", tool: "value", args: { value: "=a + 22" } },
  ],
  answer: "The sum is {{b}}.",
};

// {{…}} is a template to this peer, too: it only fills in what begins with a word it knows.
function rule(model, status, content) {
  return {
    path: "/chat/completions$",
    method: "POST",
    match: `body.model == '${model}'`,
    response: { status, content: JSON.stringify(content) },
  };
}

function says(message, finish_reason) {
  return {
    id: "chatcmpl-mock",
    object: "chat.completion",
    created: 1,
    model: "mock",
    choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason }],
  };
}

function refuses(message, type, code) {
  return { error: { message, type, param: null, code } };
}

const call = {
  id: "call_1",
  type: "function",
  function: { name: "plan", arguments: JSON.stringify(plan) },
};

// The last rule that fits wins; one with a sequence fits that request only.
const rules = [
  rule("plans", 200, says({ content: null, tool_calls: [call] }, "tool_calls")),
  rule("talks", 200, says({ content: "It is 42, as ever." }, "stop")),
  rule("refuses", 401, refuses("Incorrect API key.", "invalid_request_error", "invalid_api_key")),
  rule("busy", 200, says({ content: "Now I have time." }, "stop")),
  { ...rule("busy", 503, refuses("Overloaded.", "server_error", "server_is_overloaded")), sequence: 0 },
];

const streaming = { chunkSize: 5, chunkIntervalMs: 1 };
const server = createServer({ rules, streaming }, host, 0).listen(0, host, () => peer.run(server));
