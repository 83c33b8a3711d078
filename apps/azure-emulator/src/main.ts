#!/usr/bin/env node
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { createProgram, type ServeOptions } from "./cli/create-program.ts";
import type { AzureEmulator } from "./create-azure-emulator.ts";
import type { Log } from "./log.ts";

const log: Log = (level, message, facts) => {
  if (level !== "info") console.error(JSON.stringify({ level, message, ...facts }));
};

async function serve(options: ServeOptions): Promise<void> {
  // Loaded here, so that `fault` and `clock` need not load the cloud.
  const [{ createAzureEmulator }, { loadAuthority }, { arrangeWorld }] = await Promise.all([
    import("./create-azure-emulator.ts"),
    import("./certificates.ts"),
    import("./cli/arrange-world.ts"),
  ]);
  mkdirSync(dirname(options.ca), { recursive: true, mode: 0o700 });
  let isReady = false;
  const emulator = await createAzureEmulator({
    port: options.port,
    imdsPort: options.imdsPort,
    dnsPort: options.dnsPort,
    certificateAuthority: loadAuthority(options.ca),
    dataDir: options.data,
    dnsNames: options.dnsName,
    isReady: () => isReady,
    log,
  });
  let isClosing = false;
  const close = (): void => {
    if (isClosing) return;
    isClosing = true;
    void emulator.close().then(() => process.exit(0));
  };
  process.once("SIGINT", close);
  process.once("SIGTERM", close);
  process.once("disconnect", close);
  try {
    await arrangeWorld({ controlUrl: emulator.controlUrl, caFile: options.ca }, options);
  } catch (error) {
    await emulator.close();
    process.off("disconnect", close); // It would keep a forked process alive.
    throw error;
  }
  emulator.keep();
  isReady = true;
  // Last: a reader of the ready line may end the process at once.
  announce(emulator, resolve(options.ca));
}

function announce(emulator: AzureEmulator, caFile: string): void {
  const { close: _close, keep: _keep, reset: _reset, ...facts } = emulator;
  if (process.send !== undefined) process.send({ type: "ready", ...facts, caFile });
  console.log(
    `ready: ${emulator.armUrl} · vaults https://{name}.${emulator.vaultSuffix}/ · IMDS ${emulator.imdsUrl} · DNS ${emulator.dns.address}:${emulator.dns.port} · CA ${caFile}`,
  );
}

try {
  await createProgram({ serve, print: (line) => console.log(line) }).parseAsync(process.argv);
} catch (error) {
  console.error(`azure-emulator: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
