// What all peers share: tell the port on standard output, end when standard input closes,
// so that none outlives the test that started it (as tests/fakes/peer_program.h).
"use strict";

exports.run = function run(server) {
  process.stdin.on("end", () => process.exit(0));
  process.stdin.resume();
  process.stdout.write(`${server.address().port}\n`);
};

// The programs log to standard output, which is for the port.
console.log = console.info = console.warn = () => {};
