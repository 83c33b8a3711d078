import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { STUB_TENANT } from "./stub-wrapping.ts";

const MAIN = fileURLToPath(new URL("azure-stub-process.ts", import.meta.url));
const READY = z.object({
  port: z.number(),
  dnsPort: z.number(),
  imdsPort: z.number(),
  caPem: z.string(),
  operatorToken: z.string(),
});

export type AzureStub = Disposable & {
  readonly operatorToken: string;
  readonly vaultUrl: string;
  /** Subscription of another customer. */
  readonly slowVaultUrl: string;
  readonly caFile: string;
  /** The settings of a broker that uses this stub. */
  readonly variables: Readonly<Record<string, string>>;
  /** Operations of the vault since the start. */
  operations(): Promise<number>;
  disableKey(): Promise<void>;
  /** How long the slow vault takes for each answer from now on. */
  slowDown(milliseconds: number): Promise<void>;
};

/** @param rsa - its unwraps cost a private operation of RSA-2048 each, on this machine */
export async function startAzureStub({ rsa = false } = {}): Promise<AzureStub> {
  const stub = fork(MAIN, rsa ? ["rsa"] : [], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const [message]: unknown[] = await once(stub, "message");
  const { port, dnsPort, imdsPort, caPem, operatorToken } = READY.parse(message);
  const caFile = join(tmpdir(), `databox-bench-stub-${String(process.pid)}.pem`);
  writeFileSync(caFile, caPem);
  const at = (name: string): string => `https://${name}.localhost:${String(port)}`;
  return {
    operatorToken,
    vaultUrl: at("bench.vault"),
    slowVaultUrl: at("slow.vault"),
    caFile,
    variables: {
      ARM_URL: at("arm"),
      ENTRA_AUTHORITY: at("login"),
      TENANT_ID: STUB_TENANT,
      KEY_VAULT_SUFFIXES: `vault.localhost:${String(port)}`,
      SERVICE_KEY_URL: `${at("bench.vault")}/keys/service`,
      EXTRA_CA_FILE: caFile,
      DNS_SERVER: `127.0.0.1:${String(dnsPort)}`,
      AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://127.0.0.1:${String(imdsPort)}`,
    },
    operations: () => ask(stub, "count"),
    async disableKey() {
      await ask(stub, "disable");
    },
    async slowDown(slowMs) {
      await ask(stub, { slowMs });
    },
    [Symbol.dispose]() {
      stub.disconnect();
    },
  };
}

async function ask(stub: ChildProcess, message: string | object): Promise<number> {
  const answered = once(stub, "message");
  stub.send(message);
  const [answer]: unknown[] = await answered;
  return z.object({ operations: z.number() }).parse(answer).operations;
}
