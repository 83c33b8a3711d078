import { readFile } from "node:fs/promises";

import { AppError } from "@databox-cmk/errors";
import type { Command } from "commander";

import { createAppendAudit } from "../../audit/append-audit.ts";
import { parseConfig } from "../../config/config.ts";
import { parseServiceKey } from "../../config/service-key.ts";
import { restoreEnvelope } from "../../custody/restore-envelope.ts";
import { openState } from "../open-data-dir.ts";

/** @param write - takes one line without its end */
export function addEnvelopeCommand(
  program: Command,
  environment: Readonly<Record<string, string | undefined>>,
  write: (line: string) => void,
): void {
  program
    .command("restore-envelope")
    .description(
      "activate the envelope that an appliance holds, after the database was restored from an older backup",
    )
    .argument("<file>", "the appliance's /var/lib/databox-agent/envelope.jws; it is not secret")
    .action(async (path: string) => {
      const jws = await readEnvelope(path);
      const config = parseConfig(environment);
      const { store, keys } = await openState(config);
      try {
        const { order, serial, generation } = await restoreEnvelope(jws, {
          store,
          appendAudit: createAppendAudit({ now: Date.now }),
          now: Date.now,
          ownKeys: [...keys.bundle, ...keys.former],
          serviceKey: parseServiceKey(config),
          keyVaultSuffixes: config.KEY_VAULT_SUFFIXES,
        });
        write(
          generation === undefined
            ? `${serial} (${order}): nothing is missing; its envelope is known`
            : `${serial} (${order}): its envelope is active again, as generation ${String(generation)}`,
        );
      } finally {
        await store.destroy();
      }
    });
}

async function readEnvelope(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (cause) {
    throw new AppError("Misuse", { detail: `${path} cannot be read`, cause });
  }
}
