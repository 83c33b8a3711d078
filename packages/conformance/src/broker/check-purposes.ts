import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { LeaseClient } from "@databox-cmk/testkit";

import {
  type BrokerWorld,
  unless,
  unlessAnswered,
  unlessDenied,
  unlessForbidden,
} from "./broker-world.ts";

/** The order's release windows, and the purposes of its stages, up to the datacenter. */
export async function checkPurposes({ run, act, device }: BrokerWorld): Promise<void> {
  const held: LeaseClient[] = [];
  await run("window", "an unlock outside the release windows: ReleaseWindowClosed", async () => {
    held.push(await LeaseClient.unlock(device));
    await act("close-window", device.order);
    return unlessDenied((await device.unlock("unlock")).answer, "ReleaseWindowClosed");
  });
  await run("window", "renews the lease of a volume that is open", async () => {
    const answer = await held.at(-1)?.renew();
    return answer === undefined ? "there is no lease" : unless(answer, MESSAGE_TYPES.lease);
  });
  await run("window", "unlocks when there is no window", async () => {
    await act("open-window", device.order);
    held.push(await LeaseClient.unlock(device));
    return undefined;
  });
  for (const purpose of ["ingest", "fill"] as const)
    await run("purpose", `at the customer's site, ${purpose}: PurposeForbidden`, () =>
      unlessForbidden(device, purpose, "unlock"),
    );
  await run(
    "purpose",
    "closes a volume that was open for the purpose of an earlier stage",
    async () => {
      await act("return", device.order);
      const answer = await held.at(-1)?.renew();
      if (answer === undefined) return "there is no lease";
      return unless(answer, MESSAGE_TYPES.relock, { code: "PurposeForbidden" });
    },
  );
  for (const purpose of ["unlock", "fill"] as const)
    await run("purpose", `in the datacenter, ${purpose}: PurposeForbidden`, () =>
      unlessForbidden(device, purpose, "ingest"),
    );
  await run("purpose", "grants ingest in the datacenter, and takes its receipt", async () => {
    const { answer } = await device.unlock("ingest");
    if (answer.kind !== "answer") return unlessAnswered(answer);
    return unlessAnswered(await device.receipt(answer.text, "unlocked"));
  });
}
