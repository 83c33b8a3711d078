import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { createLocalhostTls, openTemporaryFolder } from "@databox-cmk/testkit";
import * as z from "zod";

import { startChild } from "./child.ts";
import type { LoadedServer } from "./load.ts";
import { cpuSecondsOf, residentBytesOf } from "./process-usage.ts";
import type { FleetNode } from "./seed-fleet.ts";
import type { AzureStub } from "./start-azure-stub.ts";

/** The floor of unlocks and renewals, in a process of its own (floor-process.ts). */
export async function startFloor(
  stub: AzureStub,
  fleet: readonly FleetNode[],
): Promise<LoadedServer & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const { path: folder } = opened.use(openTemporaryFolder());
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const { authority, server } = createLocalhostTls();
  const job = {
    certificateFile: file("tls.pem", server.certificate),
    keyFile: file("tls-key.pem", server.privateKey),
    databaseFile: join(folder, "floor.sqlite"),
    fleetFile: file("fleet.json", JSON.stringify(fleet)),
    vaultUrl: stub.vaultUrl,
    vaultCaFile: stub.caFile,
  };
  const main = new URL("floor-process.ts", import.meta.url);
  const floor = opened.use(await startChild(main, job, z.object({ port: z.number() })));
  const resources = opened.move();
  return {
    port: floor.ready.port,
    caPem: authority.certificatePem,
    folder,
    cpuSeconds: () => cpuSecondsOf(floor.pid),
    residentBytes: () => residentBytesOf(floor.pid),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
