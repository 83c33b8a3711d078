import { generateSigningKey } from "@databox-cmk/crypto";
import type { ErrorCode } from "@databox-cmk/errors";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { Tamper } from "@databox-cmk/testkit";

import { type BrokerWorld, send, unless, type Verb } from "./broker-world.ts";

const unknownKey = generateSigningKey().key;
const changed = (change: object): Tamper<object> => ({
  payload: (payload) => ({ ...payload, ...change }),
});

/** Changes that a broker must refuse in each message of a node, of every kind. */
const FOREIGN: readonly (readonly [string, ErrorCode, (world: BrokerWorld) => Tamper<object>])[] = [
  ["an unknown member", "DeviceMessageMalformed", () => changed({ admin: true })],
  [
    "the type of another message",
    "DeviceMessageMalformed",
    () => ({ type: MESSAGE_TYPES.acknowledgement }),
  ],
  ["a key that was never enrolled", "DeviceNotAuthenticated", () => ({ key: unknownKey })],
  ["another node's key", "OrderMismatch", ({ stranger }) => ({ key: stranger.key })],
  ["the order of another node", "OrderMismatch", ({ stranger: { order } }) => changed({ order })],
];

/** @param options.countsCounter - whether the broker refuses a counter that was used */
export async function checkForeign(
  world: BrokerWorld,
  verb: Verb,
  { countsCounter }: { readonly countsCounter: boolean },
): Promise<void> {
  const cases = countsCounter
    ? [
        ...FOREIGN,
        ["a counter that was used", "CounterRollback", () => changed({ counter: 1 })] as const,
      ]
    : FOREIGN;
  for (const [name, code, tamper] of cases)
    await world.run(verb.suite, `${nameOf(verb)} with ${name}: ${code}`, async () =>
      unless(await send(world, verb, tamper(world)), MESSAGE_TYPES.denial, { code }),
    );
}

const nameOf = ({ type }: Verb): string => type.replace(/^databox-(.*)\+jws$/u, "$1");
