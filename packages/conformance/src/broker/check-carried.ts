import type { ErrorCode } from "@databox-cmk/errors";
import { MESSAGE_TYPES, type OfflineChallenge } from "@databox-cmk/protocol";
import type { DeviceClient, Tamper } from "@databox-cmk/testkit";

import { skipRest } from "../result.ts";
import { type BrokerWorld, UNKNOWN_ID, unlessDenied } from "./broker-world.ts";

const changed = (change: object): Tamper<OfflineChallenge> => ({
  payload: (payload) => ({ ...payload, ...change }),
});

/** Challenges that a broker must refuse. */
const FOREIGN_CHALLENGES: readonly (readonly [string, ErrorCode, Tamper<OfflineChallenge>])[] = [
  ["an unknown member", "DeviceMessageMalformed", changed({ nonce: "AAAA" })],
  [
    "the type of an unlock request",
    "DeviceMessageMalformed",
    { type: MESSAGE_TYPES.unlockRequest },
  ],
  [
    "the larger suite",
    "DeviceMessageMalformed",
    changed({ hpke: { suite: "X-Wing", publicKey: "AAAA" } }),
  ],
  [
    "a key that is kept for too long",
    "DeviceMessageMalformed",
    changed({ opensForSeconds: 604_801 }),
  ],
  ["a counter that was used", "CounterRollback", changed({ counter: 1 })],
  ["another envelope", "EnvelopeMismatch", changed({ env: UNKNOWN_ID })],
  [
    "a generation that the broker has not reached",
    "GenerationRollback",
    { payload: (payload) => ({ ...payload, generation: payload.generation + 1 }) },
  ],
  ["the serial number of another node", "OrderMismatch", changed({ serial: "DBX-NONE" })],
  ["a purpose of another stage", "PurposeForbidden", changed({ purpose: "prepare" })],
];

/** Brings a challenge to the order of the own node, and reads the answer as its sender must. */
export async function carryAnswer(
  { device, act }: Pick<BrokerWorld, "device" | "act">,
  tamper: Tamper<OfflineChallenge> = {},
  sender: DeviceClient = device,
) {
  const asked = await sender.prepareChallenge(tamper);
  const text = await act("carry", device.order, asked.text);
  return { asked, text, answer: sender.readCarried(text, asked.text) };
}

/** Messages that a person carries. */
export async function checkCarried(world: BrokerWorld): Promise<void> {
  const { run, device, stranger, act } = world;
  const carried: Awaited<ReturnType<typeof carryAnswer>>[] = [];
  await run("carried", "grants, and seals the content key to the challenge", async () => {
    const given = await carryAnswer(world);
    carried.push(given);
    const { answer, asked } = given;
    if (answer.kind !== "answer") return `was answered: ${answer.kind}`;
    if (answer.value.envelope !== undefined) return "has an envelope";
    if (answer.value.lease.offline === undefined) return "has no terms of a lease without network";
    const contentKey = await device.open(answer.value, asked);
    return contentKey.byteLength === 32 ? undefined : "the content key does not have 32 bytes";
  });
  const [first] = carried;
  if (first === undefined) return skipRest(run, "carried");
  await run("carried", "gives the same challenge the same answer", async () =>
    (await act("carry", device.order, first.asked.text)) === first.text
      ? undefined
      : "another answer",
  );
  const { challengeId } = first.asked.challenge;
  const cases = [
    ...FOREIGN_CHALLENGES,
    ["the id of another challenge", "ReplayDetected", changed({ challengeId })] as const,
  ];
  for (const [name, code, tamper] of cases)
    await run("carried", `a challenge with ${name}: ${code}`, async () => {
      const { answer } = await carryAnswer(world, tamper);
      return unlessDenied(answer, code);
    });
  await run("carried", "a challenge of a node of another order: OrderMismatch", async () => {
    const { answer } = await carryAnswer(world, {}, stranger);
    return unlessDenied(answer, "OrderMismatch");
  });
}
