import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { createHttpsTransport, openTemporaryFolder } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { isContinuousIntegration } from "../harness/cryptsetup.ts";
import { readStack } from "../harness/read-stack.ts";
import { makeImage, unpackImage } from "./made-image.ts";
import { NONROOT, startInImage } from "./run-in-image.ts";

const hasPrograms = ["bwrap", "strip"].every((name) => existsSync(`/usr/bin/${name}`));

/** In CI a machine without these programs is a fault; elsewhere the test is skipped then. */
test.skipIf(!hasPrograms && !isContinuousIntegration)(
  "the image of the double starts it by its own settings, as an unprivileged user, until SIGTERM",
  async () => {
    using opened = openTemporaryFolder();
    const folder = opened.path;
    chmodSync(folder, 0o755);
    const mounts = {
      root: join(folder, "root"),
      data: join(folder, "data"),
      tls: join(folder, "tls"),
    };
    for (const path of [mounts.data, mounts.tls]) mkdirSync(path);
    if (process.getuid?.() === 0) chownSync(mounts.data, NONROOT, NONROOT);
    const layout = join(folder, "image");
    makeImage(layout, ["--double"], { umask: "022", environment: {} });
    const { settings } = unpackImage(layout, mounts.root);
    expect(settings).toMatchObject({
      User: "65532:65532",
      WorkingDir: "/data",
      Labels: { "org.opencontainers.image.title": "databox-azure-double" },
    });
    for (const name of ["sbom.cdx.json", "LICENCES.txt"])
      expect(existsSync(join(mounts.root, "app", name))).toBe(true);
    const ports = ["--port", "--broker-port", "--imds-port", "--dns-port"].flatMap((name) => [
      name,
      "0",
    ]);
    const command = [...settings.Entrypoint, "--directory", "/data", ...ports];
    const double = startInImage(mounts, command, {}, ["ignore", "pipe", "inherit"]);
    const ended = once(double, "close");
    await using running = new AsyncDisposableStack();
    running.defer(async () => {
      double.kill("SIGTERM");
      await ended;
    });
    if (double.stdout === null) throw new Error("no output");
    let said = "";
    for await (const chunk of double.stdout) {
      said += String(chunk);
      if (said.includes("ready: ")) break;
    }
    expect(said).toContain("/data/stack.json");
    const { emulatorControlUrl: origin } = readStack(join(mounts.data, "stack.json"));
    const certificateAuthorityPem = readFileSync(join(mounts.data, "tls/ca.pem"), "utf8");
    const transport = createHttpsTransport({ origin, certificateAuthorityPem });
    const health = await transport.send("GET", "/health");
    transport.close();
    expect(JSON.parse(health.text)).toEqual({ status: "ready" });
  },
);
