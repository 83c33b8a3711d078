import { messageHash } from "@databox-cmk/crypto";
import type { ErrorCode } from "@databox-cmk/errors";
import { DEVICE_ROUTES, MESSAGE_TYPES, type RekeyRequest } from "@databox-cmk/protocol";
import { LeaseClient, RekeyClient } from "@databox-cmk/testkit";

import { skipRest } from "../result.ts";
import { type BrokerWorld, checkForeign, UNKNOWN_ID, unless } from "./broker-world.ts";

/** Requests that a broker must refuse: the lease is the permission, and the suite must not sink. */
const REFUSED: readonly (readonly [string, ErrorCode, Partial<RekeyRequest>])[] = [
  ["a lease that it does not hold", "LeaseInvalid", { lease: UNKNOWN_ID }],
  ["another boot", "LeaseInvalid", { bootId: "another-boot-id" }],
  ["another envelope", "EnvelopeMismatch", { env: UNKNOWN_ID }],
  ["a weaker suite", "SuiteDowngrade", { hpke: { suite: "X25519", publicKey: "AAAA" } }],
  [
    "a key of the wrong size",
    "DeviceMessageMalformed",
    { hpke: { suite: "X-Wing", publicKey: "AAAA" } },
  ],
];

/** The change of the unlock key of an open volume. */
export async function checkRekeying(world: BrokerWorld): Promise<void> {
  const { run, device } = world;
  const suite = "rekeying";
  const client = await RekeyClient.unlock(device).catch(() => undefined);
  if (client === undefined) {
    await run(suite, "begins with an unlock", () => Promise.resolve("the unlock was refused"));
    return;
  }
  const { id: lease, sequence } = client.holder.lease;
  const env = device.envelope?.env ?? "";
  const request = () => ({
    ...device.next(),
    lease,
    sequence,
    env,
    hpke: { suite: "X-Wing", publicKey: "AAAA" },
  });
  const confirmation = (rekey: string) => () => ({
    rekey,
    ...device.next(),
    journalHead: messageHash("journal"),
  });
  const { rekeyRequest, rekeyConfirmation } = MESSAGE_TYPES;
  await checkForeign(
    world,
    { suite, path: DEVICE_ROUTES.rekeys, type: rekeyRequest, payload: request },
    { countsCounter: true },
  );
  await checkForeign(
    world,
    {
      suite,
      path: DEVICE_ROUTES.rekeyConfirmations,
      type: rekeyConfirmation,
      payload: confirmation(UNKNOWN_ID),
    },
    { countsCounter: true },
  );
  for (const [name, code, change] of REFUSED)
    await run(suite, `a request with ${name}: ${code}`, async () =>
      unless(await client.ask(change), MESSAGE_TYPES.denial, { code }),
    );
  const proposals: Awaited<ReturnType<RekeyClient["propose"]>>[] = [];
  await run(suite, "proposes another key, and seals both content keys to the request", async () => {
    const generation = device.envelope?.generation ?? 0;
    const proposal = await client.propose();
    proposals.push(proposal);
    if (proposal.proposedPasskey === proposal.currentPasskey) return "it is the same key";
    if (proposal.envelope.env === env) return "it has the env that is in force";
    return proposal.envelope.generation === generation + 1 ? undefined : "another generation";
  });
  const [first] = proposals;
  if (first === undefined) return skipRest(run, suite);
  await run(suite, "gives the same proposal until it is confirmed", async () =>
    (await client.propose()).rekey === first.rekey ? undefined : "another proposal",
  );
  await run(suite, "a confirmation of something else puts nothing in force", async () =>
    (await client.confirm(UNKNOWN_ID)).env === env ? undefined : "another envelope is in force",
  );
  await run(suite, "two confirmations at once: the proposal is in force once", async () => {
    const both = await Promise.allSettled([
      client.confirm(first.rekey),
      client.confirm(first.rekey),
    ]);
    // The second one to arrive may have the lower counter, and is refused then.
    const answered = both.filter((each) => each.status === "fulfilled");
    if (answered.length === 0) return "none was answered";
    return answered.every(({ value }) => value.env === first.envelope.env)
      ? undefined
      : "the answers name another envelope";
  });
  await run(suite, "answers a confirmation again", async () =>
    (await client.confirm(first.rekey)).env === first.envelope.env
      ? undefined
      : "the answer names another envelope",
  );
  await run(suite, "unlocks with the new envelope", async () => {
    await LeaseClient.unlock(device);
    return undefined;
  });
}
