// @module-tag one-engine

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";

import { afterEach, describe, expect, test } from "vitest";

import { createBrokerEnvironment } from "./broker-environment.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

type Run = {
  readonly child: ChildProcess;
  readonly ready: () => Promise<{ readonly port: number }>;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
};

function run(variables: Readonly<Record<string, string>>): Run {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, "serve"], {
    env: variables,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  children.push(child);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // Not "close": that does not come after a disconnect.
  const ended = Promise.all([once(child, "exit"), once(child.stderr ?? child, "end")]).then(
    ([[code]]) => ({ code: code as number | null, stderr }),
  );
  return {
    child,
    ended,
    ready: () =>
      Promise.race([
        once(child, "message").then(([message]) => message as { port: number }),
        ended.then(() => {
          throw new Error(`it ended before it served: ${stderr}`);
        }),
      ]),
  };
}

describe("the process", () => {
  test("says when it serves, keeps its keys for itself, and ends at SIGTERM", async () => {
    using environment = await createBrokerEnvironment();
    const { child, ready, ended } = run(environment.variables);
    const message = await ready();
    expect(message).toMatchObject({ type: "ready", url: "https://broker.localhost:8444" });
    const transport = environment.transport(message.port);
    expect((await transport.send("GET", "/readyz")).status).toBe(200);
    transport.close();
    const modes = (await readdir(environment.dataDir)).map(
      (name) => statSync(join(environment.dataDir, name)).mode & 0o077,
    );
    expect(modes.length).toBeGreaterThan(3);
    expect(modes.filter((mode) => mode !== 0)).toEqual([]);
    child.kill("SIGTERM");
    expect(await ended).toEqual({ code: 0, stderr: "" });
  });

  test("ends with the parent that started it", async () => {
    using environment = await createBrokerEnvironment();
    const { child, ready, ended } = run(environment.variables);
    await ready();
    child.disconnect();
    expect((await ended).code).toBe(0);
  });
});

describe("a start that cannot work ends with one line that says what to do:", () => {
  test("a port in use", async () => {
    using environment = await createBrokerEnvironment();
    const other = createServer();
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { ended } = run({ ...environment.variables, BROKER_PORT: String(port) });
    expect(await ended).toEqual({
      code: 1,
      stderr: `broker: port ${String(port)} of 127.0.0.1 is in use; stop what uses it, or set BROKER_PORT (PortInUse)\n`,
    });
    other.close();
  });

  test("a wrong variable", async () => {
    using environment = await createBrokerEnvironment();
    const { ended } = run({ ...environment.variables, LEASE_TTL_SECONDS: "soon" });
    expect(await ended).toEqual({
      code: 1,
      stderr: "broker: LEASE_TTL_SECONDS is wrong: expected whole seconds, 1 or more (Misuse)\n",
    });
  });
});
