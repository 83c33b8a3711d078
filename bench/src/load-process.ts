import { fork } from "node:child_process";
import { once } from "node:events";

/** A load generator in a process of its own; its first argument describes its work. */
export type LoadProcess = {
  /** @throws {Error} when it ends instead of saying something */
  next(): Promise<unknown>;
  send(message: object | string): void;
  stop(): void;
};

export function startLoadProcess(main: string, job: object): LoadProcess {
  const child = fork(main, [JSON.stringify(job)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  return {
    async next() {
      const waiting = new AbortController();
      const { signal } = waiting;
      try {
        const [message]: unknown[] = await Promise.race([
          once(child, "message", { signal }),
          once(child, "exit", { signal }).then(() => {
            throw new Error("the load generator has ended");
          }),
        ]);
        return message;
      } finally {
        waiting.abort();
      }
    },
    send(message) {
      child.send(message);
    },
    stop() {
      if (child.connected) child.disconnect();
    },
  };
}
