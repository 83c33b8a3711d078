import { styleText } from "node:util";

import { loadMain } from "./bundle/load-main.ts";

/** Amber is for no authoritative answer, as on the pages; it never looks like a refusal. */
const COLOURS = { good: "green", refused: "red", unreachable: "yellow" } as const;

process.umask(0o077);
// A reader such as `head` may leave first. Its command still ends as it would have ended.
for (const output of [process.stdout, process.stderr])
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
const words = process.argv.slice(2);
const { main, keepCompiled } = await loadMain(words);
process.exitCode = await main(words, {
  environmentNames: Object.keys(process.env),
  credentialsFolder: process.env["CREDENTIALS_DIRECTORY"],
  notifySocket: process.env["NOTIFY_SOCKET"],
  print: (text) => console.log(text),
  // Respects NO_COLOR and FORCE_COLOR, and colours nothing that is not a terminal.
  paint: (tone, text) => styleText(COLOURS[tone], text, { stream: process.stdout }),
  ask: (text) => console.error(text),
});
keepCompiled();
