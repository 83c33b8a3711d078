import { messageHash } from "@databox-cmk/crypto";
import { heldMs, leasePath, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { type ExchangeAnswer, LeaseClient, RekeyClient } from "@databox-cmk/testkit";

import { skipRest } from "../result.ts";
import { checkForeign, UNKNOWN_ID, unless, unlessDenied, unlessInvalid } from "./broker-world.ts";
import type { BrokerWorld, Verb } from "./broker-world.ts";
import { carryAnswer } from "./check-carried.ts";

const { denial, lease: LEASE, relock, acknowledgement } = MESSAGE_TYPES;

/**
 * Checks renewals, watches and receipts of a lease, the order to close, a drill, and the refusals
 * while unlocks are revoked.
 */
export async function checkLeases(world: BrokerWorld): Promise<void> {
  const { run, device, stranger, act } = world;
  const held: LeaseClient[] = [];
  const ask = (name: string, work: (holder: LeaseClient) => Promise<string | undefined>) =>
    run("lease", name, async () => {
      const holder = held.at(-1);
      return holder === undefined ? "there is no lease" : work(holder);
    });
  await run("lease", "gives a lease with each unlock", async () => {
    const holder = await LeaseClient.unlock(device);
    held.push(holder);
    return holder.lease.sequence === 0 ? undefined : "its sequence is not 0";
  });
  const [first] = held;
  if (first === undefined) return skipRest(run, "lease");
  for (const verb of verbsOf(world, first.lease.id))
    await checkForeign(world, verb, { countsCounter: verb.type !== MESSAGE_TYPES.leaseReceipt });
  await ask("renews it, with the next sequence", async (holder) => {
    const { sequence } = holder.lease;
    const answer = await holder.renew();
    return unless(answer, LEASE) ?? unlessEqual(holder.lease.sequence, sequence + 1);
  });
  await ask("gives a node that lost the answer the same step again", async (holder) => {
    const { lease } = holder;
    await holder.renew();
    const { sequence } = holder.lease;
    holder.lease = lease;
    return unless(await holder.renew(), LEASE) ?? unlessEqual(holder.lease.sequence, sequence);
  });
  await ask("a lease that is not that of the path: DeviceMessageMalformed", async (holder) => {
    const code = "DeviceMessageMalformed";
    return unless(await holder.renew({ lease: UNKNOWN_ID }), denial, { code });
  });
  await ask("the lease of another node: LeaseInvalid", async () => {
    const { lease } = await LeaseClient.unlock(stranger);
    return unlessInvalid(await new LeaseClient(device, lease).renew());
  });
  await ask("another boot: LeaseInvalid", async (holder) =>
    unlessInvalid(await holder.renew({ bootId: "another-boot-id" })),
  );
  await ask("two steps behind: LeaseInvalid", async (holder) =>
    unlessInvalid(await holder.renew({ sequence: holder.lease.sequence - 2 })),
  );
  await ask("a step ahead: LeaseInvalid", async (holder) =>
    unlessInvalid(await holder.renew({ sequence: holder.lease.sequence + 1 })),
  );
  await ask("two renewals with one counter at once: at most one is answered", async (holder) => {
    const { counter } = device.next();
    const answers = await Promise.all([holder.renew({ counter }), holder.renew({ counter })]);
    const renewed = answers.filter(({ typ }) => typ === LEASE).length;
    return renewed <= 1 ? undefined : "both were answered";
  });
  await checkDrill(world, ask);
  await checkRevocation(world, ask);
  await run("lease", "unlocks again when access is restored", async () => {
    await act("restore", device.order);
    held.push(await LeaseClient.unlock(device));
    return undefined;
  });
  await run("lease", "a later unlock ends the lease: LeaseInvalid", async () => {
    const before = held.at(-1);
    held.push(await LeaseClient.unlock(device));
    return before === undefined ? "there is no lease" : unlessInvalid(await before.renew());
  });
}

type Ask = (
  name: string,
  work: (holder: LeaseClient) => Promise<string | undefined>,
) => Promise<void>;

async function checkDrill({ device, act }: BrokerWorld, ask: Ask): Promise<void> {
  let drill: unknown;
  await ask("sends a drill to a watching node, and renews nothing by it", async (holder) => {
    const { sequence } = holder.lease;
    const answer = await watchUntil(
      holder,
      ({ payload }) => payload["drill"] !== undefined,
      () => act("drill", device.order),
    );
    ({ drill } = answer.payload);
    return unless(answer, LEASE) ?? unlessEqual(sequenceOf(answer), sequence);
  });
  await ask("repeats the drill with a renewal", async (holder) =>
    unless(await holder.renew(), LEASE, { drill }),
  );
  await ask("renews by a watch that asks for it, and says how long it held it", async (holder) => {
    const { sequence } = holder.lease;
    const answer = await holder.watch({ extensions: { renew: true } });
    return (
      unless(answer, LEASE, { drill }) ??
      unlessEqual(sequenceOf(answer), sequence + 1) ??
      unlessEqual(heldMs.safeParse(extensionsOf(answer)["heldMs"]).success, true)
    );
  });
  await ask("takes the answer to a drill, and the same again", async (holder) => {
    const receipt = { outcome: "drilled", drill: String(drill) } as const;
    return (
      unless(await holder.receipt(receipt), acknowledgement) ??
      unless(await holder.receipt(receipt), acknowledgement) ??
      unless(await holder.renew(), LEASE, { drill: undefined })
    );
  });
}

async function checkRevocation(world: BrokerWorld, ask: Ask): Promise<void> {
  const { device, act } = world;
  const code = "UnlockRevoked";
  await ask("orders a watching node to close", async (holder) => {
    const answer = await watchUntil(
      holder,
      ({ typ }) => typ === relock,
      () => act("revoke", device.order),
    );
    const { id: lease, sequence } = holder.lease;
    return unless(answer, relock, { code, lease, sequence });
  });
  await ask("orders a node that renews to close, each time", async (holder) => {
    const { id: lease, sequence } = holder.lease;
    return (
      unless(await holder.renew(), relock, { code, lease, sequence }) ??
      unless(await holder.renew(), relock, { code, lease, sequence })
    );
  });
  await ask("while it is revoked, an unlock: UnlockRevoked", async () => {
    const { answer } = await device.unlock("unlock");
    return unlessDenied(answer, code);
  });
  await ask("while it is revoked, a rekeying: UnlockRevoked", async (holder) =>
    unless(await new RekeyClient(holder).ask(), denial, { code }),
  );
  await ask("while it is revoked, a carried challenge: UnlockRevoked", async () => {
    const { answer } = await carryAnswer(world);
    return unlessDenied(answer, code);
  });
  await ask("takes the receipt of a closed volume, and the same again", async (holder) => {
    const receipt = { outcome: "relocked", cause: "order" } as const;
    return (
      unless(await holder.receipt(receipt), acknowledgement) ??
      unless(await holder.receipt(receipt), acknowledgement)
    );
  });
  await ask("a renewal of a closed lease: LeaseInvalid", async (holder) =>
    unlessInvalid(await holder.renew()),
  );
}

function verbsOf({ device }: BrokerWorld, lease: string): readonly Verb[] {
  const journalHead = messageHash("journal");
  const of = (
    route: Parameters<typeof leasePath>[0],
    type: Verb["type"],
    content: object,
  ): Verb => ({
    suite: "lease",
    path: leasePath(route, lease),
    type,
    payload: () => ({ lease, ...device.next(), ...content }),
  });
  return [
    of("renewals", MESSAGE_TYPES.leaseRenewal, { sequence: 0, state: "unlocked", journalHead }),
    of("leaseEvents", MESSAGE_TYPES.leaseWatch, { sequence: 0, watch: true }),
    of("leaseReceipts", MESSAGE_TYPES.leaseReceipt, {
      outcome: "relocked",
      cause: "outage",
      journalHead,
    }),
  ];
}

/** Watches during an act, until the broker reports it. */
async function watchUntil(
  holder: LeaseClient,
  isNews: (answer: ExchangeAnswer) => boolean,
  work: () => Promise<unknown>,
): Promise<ExchangeAnswer> {
  const doing = { isDone: false };
  const [answer] = await Promise.all([
    watchAgain(holder, (seen) => isNews(seen) || doing.isDone),
    work().finally(() => {
      doing.isDone = true;
    }),
  ]);
  return isNews(answer) ? answer : holder.watch();
}

async function watchAgain(
  holder: LeaseClient,
  isEnd: (answer: ExchangeAnswer) => boolean,
): Promise<ExchangeAnswer> {
  for (;;) {
    const answer = await holder.watch();
    if (isEnd(answer)) return answer;
  }
}

const extensionsOf = ({ payload: { extensions } }: ExchangeAnswer): Record<string, unknown> =>
  Object(extensions);

const sequenceOf = ({ payload: { lease } }: ExchangeAnswer): unknown =>
  typeof lease === "object" && lease !== null && "sequence" in lease ? lease.sequence : undefined;

const unlessEqual = (found: unknown, expected: unknown): string | undefined =>
  found === expected ? undefined : `has ${String(found)} instead of ${String(expected)}`;
