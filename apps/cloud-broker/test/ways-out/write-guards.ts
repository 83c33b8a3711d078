import { namesOf } from "@databox-cmk/errors";

import { GUARDS, WAYS_OUT } from "../../src/core/ways-out.ts";

const READ = { again: "before and again", before: "before", no: "" } as const;

/** The page docs/customer/guards.md: a table for each way, from the table that the broker uses. */
export function renderGuards(): string {
  const ways = namesOf(WAYS_OUT).map((way) => {
    const rows = namesOf(GUARDS).flatMap((guard) => {
      const rule = WAYS_OUT[way][guard];
      const link =
        "says" in rule && `[${rule.says}](../reference/errors.md#${rule.says.toLowerCase()})`;
      return link === false ? [] : [`| ${GUARDS[guard]} | ${READ[rule.read]} | ${link} |`];
    });
    const title = `${way.slice(0, 1).toUpperCase()}${way.slice(1)}`;
    return `## ${title}\n\n| guard | read | says |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  return `${INTRODUCTION}\n${ways.join("\n")}`;
}

const INTRODUCTION = `# The guards of a key

<!-- Made from apps/cloud-broker/src/core/ways-out.ts by \`npm run docs\`. -->

These are all ways by which something that opens a volume leaves the broker, and the guards that
each must pass. "Before" is before your vault is called. "Again" is in the database transaction
after which the key leaves: what happens during the call of the vault counts, and a kill switch
counts even if it is off again by then.

A preparation, an unlock, a carried unlock and a rekeying give a content key, sealed to one request
of one device. A repeated answer is the same answer to the same bytes, in case it was lost: within
60 seconds, or within 15 minutes for a carried one. It was made under all guards, and each repeat is
a row of the activity. The passkey and the envelopes are given to a person. The envelopes have no
recipient but your recovery keys. Where an unlock waits for approvals, it is answered as pending.
`;

if (import.meta.main) process.stdout.write(renderGuards());
