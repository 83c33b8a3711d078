import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

import { expect, onTestFinished, test, vi } from "vitest";

import { readTraces } from "./read-traces.ts";

const ignore = () => undefined;

test.each([
  {
    name: "a variable",
    leave: () => {
      vi.stubEnv("LEFT_BEHIND", "1");
      return () => vi.unstubAllEnvs();
    },
  },
  {
    name: "a listener of the process",
    leave: () => {
      process.on("SIGTERM", ignore);
      return () => process.off("SIGTERM", ignore);
    },
  },
  {
    name: "an exit code",
    leave: () => {
      const before = process.exitCode;
      process.exitCode = 3;
      return () => {
        process.exitCode = before;
      };
    },
  },
  {
    name: "a server",
    leave: async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return () => server.close();
    },
  },
  {
    name: "a child process",
    leave: () => {
      const child = spawn("sleep", ["600"], { stdio: "ignore" });
      return () => child.kill("SIGKILL");
    },
  },
])("$name that is left behind is seen until it is gone", async ({ leave }) => {
  const before = readTraces();
  const remove = await leave();
  onTestFinished(() => void remove());
  expect(readTraces()).not.toEqual(before);
  remove();
  await expect.poll(readTraces).toEqual(before);
});
