import type { Command } from "commander";

import { createAppendAudit } from "../../audit/append-audit.ts";
import { parseConfig } from "../../config/config.ts";
import { readFileWithin } from "../../config/read-file-within.ts";
import { parseServiceKey } from "../../config/service-key.ts";
import { restoreEnvelope } from "../../custody/restore-envelope.ts";
import { openState } from "../open-data-dir.ts";

const ENVELOPE_MAX_BYTES = 1024 * 1024;

/** @param write - takes one line, without its line break */
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
      const jws = (await readFileWithin(path, ENVELOPE_MAX_BYTES)).toString().trim();
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
