import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";
import * as z from "zod";

import type { UnlockServer } from "./measure-unlocks.ts";
import { cpuSecondsOf, residentBytesOf } from "./process-usage.ts";
import type { FleetNode } from "./seed-fleet.ts";
import type { AzureStub } from "./start-azure-stub.ts";

const MAIN = fileURLToPath(new URL("floor-process.ts", import.meta.url));

/** The floor of unlocks and renewals, in a process of its own (floor-process.ts). */
export async function startFloor(
  stub: AzureStub,
  fleet: readonly FleetNode[],
  { getsKey }: { readonly getsKey: boolean },
): Promise<UnlockServer & AsyncDisposable & { residentBytes(): number }> {
  const folder = mkdtempSync(join(tmpdir(), "databox-floor-"));
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const ca = createCertificateAuthority({ commonName: "floor", validityDays: 2 });
  const names = { commonName: "broker.localhost", dnsNames: ["broker.localhost"] };
  const certificate = issueServerCertificate({ ca, ...names, validityDays: 2 });
  const job = {
    certificateFile: file("tls.pem", certificate.certificatePem),
    keyFile: file("tls-key.pem", certificate.privateKeyPem),
    databaseFile: join(folder, "floor.sqlite"),
    fleetFile: file("fleet.json", JSON.stringify(fleet)),
    vaultUrl: stub.vaultUrl,
    vaultCaFile: stub.caFile,
    getsKey,
  };
  const floor = fork(MAIN, [JSON.stringify(job)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const [message]: unknown[] = await once(floor, "message");
  const { port } = z.object({ port: z.number() }).parse(message);
  return {
    port,
    caPem: ca.certificatePem,
    folder,
    cpuSeconds: () => cpuSecondsOf(floor.pid ?? 0),
    residentBytes: () => residentBytesOf(floor.pid ?? 0),
    async [Symbol.asyncDispose]() {
      const ended = once(floor, "exit");
      floor.disconnect();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
