import { ASKED_PURPOSES } from "@databox-cmk/protocol";

import {
  type AgentUnderTest,
  type AgentWorld,
  unlessOutcome,
  unlessUnlocked,
} from "./agent-world.ts";

/** Unlocks for the purposes of the datacenter, and for one that the stage does not allow. */
export async function checkPurposes(
  { broker, run, unlocks }: AgentWorld,
  unlockFor: NonNullable<AgentUnderTest["unlockFor"]>,
): Promise<void> {
  const suite = "purpose";
  for (const purpose of ASKED_PURPOSES.filter((each) => each !== "unlock"))
    await run(suite, `opens for ${purpose} while the stage allows it`, async () => {
      broker.stagePurpose = purpose;
      return unlessUnlocked(() => unlockFor(purpose), broker);
    });
  for (const [purpose, allowed] of [
    ["fill", "unlock"],
    ["fill", "ingest"],
    ["unlock", "fill"],
  ] as const)
    await run(suite, `is refused ${purpose} where ${allowed} is allowed`, async () => {
      broker.stagePurpose = allowed;
      const { length } = broker.unlockRequests;
      const fault = unlessOutcome(await unlockFor(purpose), "refused", "PurposeForbidden");
      return fault ?? (broker.unlockRequests.length === length ? undefined : "took another one");
    });
  await run(suite, "unlocks without a purpose afterwards", unlocks);
}
