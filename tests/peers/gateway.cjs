// gateway.cjs UPSTREAM: @musistudio/llms. Anthropic Messages come in, OpenAI chat
// completions go to UPSTREAM, a model named "up,NAME" there being NAME.
"use strict";

const peer = require("./peer.cjs");
const Gateway = require("@musistudio/llms").default;

async function main(upstream) {
  const gateway = new Gateway({
    logger: false,
    useJsonFile: false,
    initialConfig: {
      HOST: "127.0.0.1",
      PORT: "0",
      providers: [
        { name: "up", api_base_url: upstream, api_key: "gateway-key", models: ["scripted"] },
      ],
    },
  });

  while (!gateway.llmService) await new Promise(setImmediate);
  await gateway.start();
  peer.run(gateway.app.server);
}

main(process.argv[2]);
