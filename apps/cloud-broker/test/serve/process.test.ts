// @module-tag one-engine

import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { statSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";

import { createLocalhostTls } from "@databox-cmk/testkit";
import { describe, expect, test } from "vitest";

import { SETTINGS } from "../../src/config/config.ts";
import { createBrokerEnvironment } from "./broker-environment.ts";
import { startProcess } from "./start-process.ts";

describe("the process", () => {
  test("says when it serves, keeps its keys for itself, serves a renewed certificate at SIGHUP, and ends at SIGTERM", async () => {
    using environment = await createBrokerEnvironment();
    using broker = startProcess(environment.variables);
    const { child, ready, ended } = broker;
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

    const { server } = createLocalhostTls();
    await writeFile(environment.variables["BROKER_TLS_CERTIFICATE_FILE"] ?? "", server.certificate);
    child.kill("SIGHUP"); // Its key is still the former one: nothing changes.
    await writeFile(environment.variables["BROKER_TLS_KEY_FILE"] ?? "", server.privateKey);
    child.kill("SIGHUP");
    const { fingerprint256 } = new X509Certificate(server.certificate);
    await expect.poll(() => servedFingerprint(message.port)).toBe(fingerprint256);

    child.kill("SIGTERM");
    expect(await ended).toEqual({ code: 0, stderr: "" });
  });

  test("ends with the parent that started it", async () => {
    using environment = await createBrokerEnvironment();
    using broker = startProcess(environment.variables);
    const { child, ready, ended } = broker;
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
    using broker = startProcess({ ...environment.variables, BROKER_PORT: String(port) });
    expect(await broker.ended).toEqual({
      code: 1,
      stderr: `broker: port ${String(port)} of 127.0.0.1 is in use; stop what uses it, or set BROKER_PORT (PortInUse)\n`,
    });
    other.close();
  });

  test("a wrong variable", async () => {
    using environment = await createBrokerEnvironment();
    using broker = startProcess({ ...environment.variables, LEASE_TTL_SECONDS: "soon" });
    expect(await broker.ended).toEqual({
      code: 2,
      stderr: `broker: LEASE_TTL_SECONDS is wrong: expected ${SETTINGS.LEASE_TTL_SECONDS.expected} (Misuse)\n`,
    });
  });
});

test("a start with several wrong variables tells each on a line, with its meaning", async () => {
  using environment = await createBrokerEnvironment();
  const { TENANT_ID: _tenant, ...variables } = environment.variables;
  using broker = startProcess({ ...variables, LEASE_TTL_SECONDS: "soon" });
  const { code, stderr } = await broker.ended;
  expect(code).toBe(2);
  expect(stderr.split("\n")).toEqual([
    "broker: 2 settings are missing or wrong (Misuse)",
    `  TENANT_ID is missing: expected ${SETTINGS.TENANT_ID.expected}`,
    `    ${SETTINGS.TENANT_ID.meaning}`,
    `  LEASE_TTL_SECONDS is wrong: expected ${SETTINGS.LEASE_TTL_SECONDS.expected}`,
    `    ${SETTINGS.LEASE_TTL_SECONDS.meaning}`,
    "",
  ]);
});

/** Of a new connection, which does not resume a session. */
async function servedFingerprint(port: number): Promise<string | undefined> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
