import { spawn } from "node:child_process";
import { once } from "node:events";

import { COMPILED_ONCE } from "@databox-cmk/testkit";

type Event = Readonly<Record<string, unknown>>;

/** `databox-agent serve` as a process of its own. Disposing it ends it by SIGTERM. */
export type DaemonProcess = AsyncDisposable & {
  readonly pid: number;
  /**
   * The first event, from the beginning, with these members; rejects when the daemon ends without
   * it.
   */
  event(members: Event): Promise<Event>;
  /** Ends the reader of its output. */
  deafen(): void;
  /** Exit code. */
  readonly ended: Promise<number | null>;
};

export function startDaemon(
  agent: string,
  stateDir: string,
  parameters: readonly string[] = [],
): DaemonProcess {
  const flags = ["--disable-warning=ExperimentalWarning", agent];
  const command = [...flags, "--json", "--state-dir", stateDir, "serve", ...parameters];
  const child = spawn(process.execPath, command, {
    stdio: ["ignore", "pipe", "inherit"],
    env: COMPILED_ONCE,
  });
  const events: Event[] = [];
  const looks = new Set<() => void>();
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    events.push(...lines.map((line): Event => JSON.parse(line)));
    for (const look of looks) look();
  });
  const ended = once(child, "close").then(() => child.exitCode);
  return {
    pid: child.pid ?? 0,
    ended,
    deafen: () => child.stdout.destroy(),
    event(members) {
      const { promise, resolve, reject } = Promise.withResolvers<Event>();
      const look = () => {
        const found = events.find((event) =>
          Object.entries(members).every(([name, value]) => event[name] === value),
        );
        if (found !== undefined) resolve(found);
      };
      looks.add(look);
      look();
      child.once("close", () => {
        reject(new Error(`the daemon ended: ${JSON.stringify(events)}`));
      });
      return promise.finally(() => looks.delete(look));
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
