// @module-tag one-engine

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

import { afterEach, expect, test } from "vitest";

import type { ToWorker } from "../../src/run/workers/serve-as-worker.ts";

const MODULE = new URL("../../src/run/workers/serve-as-worker.ts", import.meta.url).href;
/** A worker whose broker is loaded when this test says so. */
const WORKER = `
  const { joinSupervisor } = await import(${JSON.stringify(MODULE)});
  const loaded = new Promise((resolve) => {
    process.on("message", (message) => { if (message === "loaded") resolve(); });
  });
  const { ticketKeys, follow } = await joinSupervisor();
  process.send({ joined: String(ticketKeys) });
  await loaded;
  process.send("follows");
  follow({
    changeTicketKeys: (keys) => process.send({ changed: String(keys) }),
    reload: () => process.send("reloaded"),
    close: () => process.send("closed", () => process.disconnect()),
  });
`;

const keys = (text: string): ToWorker => ({
  type: "ticket-keys",
  keys: Buffer.from(text).toString("base64"),
});

let worker: ChildProcess | undefined;
afterEach(() => {
  worker?.kill("SIGKILL");
});

test("a worker asks for the keys once it listens, and misses nothing while its broker is loaded", async () => {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", WORKER],
    { stdio: ["ignore", "ignore", "inherit", "ipc"] },
  );
  worker = child;
  const said: unknown[] = [];
  child.on("message", (message) => {
    said.push(message);
    const { type, joined }: Record<string, unknown> = Object(message);
    if (type === "joins") child.send(keys("first"));
    if (joined !== undefined)
      for (const each of [keys("second"), { type: "reload" }, "loaded"]) child.send(each);
    if (message === "follows") child.send({ type: "close" } satisfies ToWorker);
  });
  await once(child, "exit");
  expect(said).toEqual([
    { type: "joins" },
    { joined: "first" },
    "follows",
    { changed: "second" },
    "reloaded",
    "closed",
  ]);
});
