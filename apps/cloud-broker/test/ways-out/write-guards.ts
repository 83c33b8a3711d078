import { namesOf } from "@databox-cmk/errors";

import { CHANGES_OF_RULES } from "../../src/core/permissions.ts";
import { GUARDS, WAYS_OUT } from "../../src/core/ways-out.ts";

const READ = { again: "before and again", before: "before", no: "" } as const;

/** The page docs/customer/guards.md, from the tables that the broker uses. */
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
  const changes = CHANGES_OF_RULES.map(
    ({ action, effect, roles }) =>
      `| \`${action.slice("Microsoft.DataBox/".length)}\` | ${effect} | ${roles.join(", ")} |`,
  );
  return `${INTRODUCTION}\n${ways.join("\n")}\n${CHANGES}${changes.join("\n")}\n`;
}

const INTRODUCTION = `# The guards of a key

<!-- Made from apps/cloud-broker/src/core/ways-out.ts and rule-changes.ts by \`npm run docs\`. -->

These are all ways by which something that opens a volume leaves the broker, and the guards that
each must pass. "Before" is before your vault is called. "Again" is in the database transaction
after which the key leaves: what happens during the call of the vault counts, and a kill switch
counts even if it is off again by then.

A preparation, an unlock, a carried unlock and a rekeying give a content key, sealed to one request
of one device. A carried unlock also needs a policy that allows it, and counts against a daily limit
of its own. A repeated answer is the same answer to the same bytes, in case it was lost: within 60
seconds, or within 15 minutes for a carried one. It was made under all guards, and each repeat is a
row of the activity. The passkey and the envelopes are given to a person. The envelopes have no
recipient but your recovery keys. Where an unlock waits for approvals, it is answered as pending.
Whether [the approvers still have their right](approvals.md#rights-of-approvers) is read before your
vault is called.
`;

const CHANGES = `## Changes of the rules

These are all writes that change who decides, or what guards a key, and the roles that have each.
Besides the right to call it, a write needs what its effect asks for:

- **stricter**: nothing more; it takes effect at once.
- **looser**: the approvals that the current policy requires.
- **owner**: it moves the decision by itself, so only an Owner has the action.
- **compared**: the written value decides which it is. One that gives the decision to other people
  **moves** it: it needs the approvals in force or, where the policy requires none, an Owner
  ([loosening a policy](unlock-policy.md#loosening-a-policy)).

An operator of the service has none of them. An operator's campaign can choose another key for an
order, which needs the same approvals. The portal shows this table under _order → Unlock policy_.

| action | effect | roles |
| --- | --- | --- |
`;

if (import.meta.main) process.stdout.write(renderGuards());
