import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";

import { stateDirOf } from "./command-line/state-dir.ts";

// The program is loaded by a second module, so that V8 takes its compiled form from the last run: 5 ms of a cold unlock.
// The cache lies in the agent's own folder, as only its owner may write there; where that fails the start is slower, no more.
process.umask(0o077);
const words = process.argv.slice(2);
const stateDir = stateDirOf(words);
if (existsSync(stateDir)) enableCompileCache(join(stateDir, "compile-cache"));
const { main } = await import("./program.ts");
process.exitCode = await main(words, {
  environmentNames: Object.keys(process.env),
  credentialsFolder: process.env["CREDENTIALS_DIRECTORY"],
  notifySocket: process.env["NOTIFY_SOCKET"],
  print: (text) => {
    console.log(text);
  },
  ask: (text) => {
    console.error(text);
  },
});
