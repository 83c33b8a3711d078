import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import * as z from "zod";

const MAIN = join(import.meta.dirname, "../../src/main.ts");

const READY = z.object({ type: z.literal("ready"), url: z.string(), port: z.number() });

/** The broker as its own process; it is killed if it still runs at the end. */
export type BrokerProcess = Disposable & {
  readonly child: ChildProcess;
  readonly ready: () => Promise<z.infer<typeof READY>>;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
};

export function startProcess(
  variables: Readonly<Record<string, string>>,
  main = MAIN,
): BrokerProcess {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, "serve"], {
    env: variables,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // Not "close": that does not come after a disconnect.
  const ended = Promise.all([once(child, "exit"), once(child.stderr ?? child, "end")]).then(() => ({
    code: child.exitCode,
    stderr,
  }));
  return {
    child,
    ended,
    ready: () =>
      Promise.race([
        once(child, "message").then(([message]) => READY.parse(message)),
        ended.then(() => {
          throw new Error(`it ended before it served: ${stderr}`);
        }),
      ]),
    [Symbol.dispose]: () => {
      child.kill("SIGKILL");
    },
  };
}
