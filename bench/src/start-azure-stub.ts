import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as z from "zod";

import { startChild } from "./child.ts";
import { STUB_TENANT } from "./stub-wrapping.ts";

const READY = z.object({
  port: z.number(),
  dnsPort: z.number(),
  imdsPort: z.number(),
  caPem: z.string(),
  operatorToken: z.string(),
});

export type AzureStub = AsyncDisposable & {
  readonly operatorToken: string;
  readonly vaultUrl: string;
  readonly caFile: string;
  /** The settings of a broker that uses this stub. */
  readonly variables: Readonly<Record<string, string>>;
  /** Operations of the vault since the start. */
  operations(): Promise<number>;
  disableKey(): Promise<void>;
};

export async function startAzureStub(): Promise<AzureStub> {
  const stub = await startChild(new URL("azure-stub-process.ts", import.meta.url), {}, READY);
  const { port, dnsPort, imdsPort, caPem, operatorToken } = stub.ready;
  const ask = async (message: string): Promise<number> =>
    z.object({ operations: z.number() }).parse(await stub.ask(message)).operations;
  const caFile = join(tmpdir(), `databox-bench-stub-${String(process.pid)}.pem`);
  writeFileSync(caFile, caPem);
  const at = (name: string): string => `https://${name}.localhost:${String(port)}`;
  return {
    operatorToken,
    vaultUrl: at("bench.vault"),
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
    operations: () => ask("count"),
    async disableKey() {
      await ask("disable");
    },
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}
