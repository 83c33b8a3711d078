import { generateSigningKey } from "@databox-cmk/crypto";
import type { ErrorCode } from "@databox-cmk/errors";
import { type AskedPurpose, MESSAGE_TYPES, type MessageType } from "@databox-cmk/protocol";
import type { DeviceAnswer, DeviceClient, ExchangeAnswer, Tamper } from "@databox-cmk/testkit";

/**
 * Acts of the customer and the operator of the broker under test, by a way of its own. Each act is
 * about an order.
 *
 * - `deliver`, `return`, `complete`: the order goes on to Delivered; to AtAzureDC; to the end of
 *   its data copy.
 * - `fill`: the copy of an export begins.
 * - `export`: returns the owner's export of the order's envelopes, as JSON: a list with `serial`
 *   and `deviceShare`.
 * - `revoke`, `restore`: unlocks are refused and open volumes closed; allowed again.
 * - `drill`: a revocation drill.
 * - `require-approval`: from now on one person must approve each unlock.
 * - `approve`, `reject`: decides the approval whose id is given.
 * - `carry`: brings the challenge that is given, and returns the signed answer.
 * - `close-window`, `open-window`: the policy has no release window that is open now; none at all.
 * - `rotate`: the broker's announced key signs from now on.
 * - `pass`: so many seconds pass for the broker.
 */
export const ACTS = [
  "deliver",
  "return",
  "complete",
  "fill",
  "export",
  "revoke",
  "restore",
  "drill",
  "require-approval",
  "approve",
  "reject",
  "carry",
  "close-window",
  "open-window",
  "rotate",
  "pass",
] as const;
export type Act = (act: (typeof ACTS)[number], order: string, given?: string) => Promise<string>;

export type Run = (
  suite: string,
  name: string,
  work: () => Promise<string | undefined>,
) => Promise<void>;

/** Two nodes of different orders, which have been delivered. */
export type BrokerWorld = {
  readonly run: Run;
  readonly act: Act;
  readonly device: DeviceClient;
  readonly stranger: DeviceClient;
};

/** A node of an order of another kind, which waits for its enrolment. */
export type OtherWorld = Pick<BrokerWorld, "run" | "act" | "device"> & {
  readonly code: string;
  /** Thumbprints of the order's recovery keys, as URNs; none without such keys. */
  readonly recoveryKeys: readonly string[];
};

/** A kind of message, and the honest content of the next one. */
export type Verb = {
  readonly suite: string;
  readonly path: string;
  readonly type: MessageType;
  readonly payload: () => object;
};

export const send = (
  { device }: Pick<BrokerWorld, "device">,
  { path, type, payload }: Verb,
  tamper: Tamper<object> = {},
): Promise<ExchangeAnswer> => device.exchange(path, type, payload(), tamper);

export const UNKNOWN_ID = "00000000-0000-4000-8000-00000000000f";

/** Lets more than these seconds pass for the broker. */
export const letPass = ({ act, device }: Pick<BrokerWorld, "act" | "device">, seconds: number) =>
  act("pass", device.order, String(seconds + 1));

/** The fault of an answer that is not of this kind, or whose code is another one. */
export function unless(
  { typ, payload }: Pick<ExchangeAnswer, "typ" | "payload">,
  expected: string,
  members: Readonly<Record<string, unknown>> = {},
): string | undefined {
  if (typ !== expected) return `was answered ${typ} ${JSON.stringify(payload["code"] ?? "")}`;
  const wrong = Object.entries(members).find(([name, value]) => payload[name] !== value);
  return wrong === undefined ? undefined : `has ${wrong[0]} ${JSON.stringify(payload[wrong[0]])}`;
}

/** The fault of an answer of the kind that was not asked for. */
export function unlessAnswered(answer: DeviceAnswer<unknown>): string | undefined {
  if (answer.kind === "answer") return undefined;
  if (answer.kind === "denial") return `was denied: ${answer.value.code}`;
  return answer.kind === "unsigned"
    ? `was answered ${String(answer.answer.status)} without a signature`
    : `was answered: ${answer.kind}`;
}

/** The fault of an answer that is not this denial. */
export function unlessDenied(answer: DeviceAnswer<unknown>, code: ErrorCode): string | undefined {
  if (answer.kind === "answer") return "was answered: answer";
  return answer.kind === "denial" && answer.value.code === code
    ? undefined
    : unlessAnswered(answer);
}

/** The fault of an unlock for a purpose that the stage does not allow. */
export async function unlessForbidden(
  device: DeviceClient,
  purpose: AskedPurpose,
  allowed?: AskedPurpose,
): Promise<string | undefined> {
  const { answer } = await device.unlock(purpose);
  const fault = unlessDenied(answer, "PurposeForbidden");
  if (fault !== undefined || answer.kind !== "denial") return fault;
  const { reason } = answer.value;
  return reason === allowed ? undefined : `says that ${reason ?? "nothing"} is allowed`;
}

/** The fault of a message of a lease that was not refused. */
export const unlessInvalid = (answer: ExchangeAnswer): string | undefined =>
  unless(answer, MESSAGE_TYPES.denial, { code: "LeaseInvalid" });

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
