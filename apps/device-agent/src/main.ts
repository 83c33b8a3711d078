import { loadMain } from "./bundle/load-main.ts";

process.umask(0o077);
const words = process.argv.slice(2);
const { main, keepCompiled } = await loadMain(words);
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
keepCompiled();
