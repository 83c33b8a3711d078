import type { OperatorEvent } from "../azure/operator-client.ts";
import type { Appliance } from "../stack/appliances.ts";
import { createVaultAndKey, type CustomerKey } from "./key-steps.ts";
import { createOrder, enableIdentity, useCustomerKey } from "./order-steps.ts";
import { step, type StoryContext } from "./story-context.ts";
import { prepare } from "./unlock-steps.ts";

/** An order that was placed and moved on, for the last touch of its sample. */
type SampleSite = {
  readonly context: StoryContext;
  readonly order: string;
  /** The service's own, if undefined. */
  readonly key: CustomerKey | undefined;
  readonly appliance: Appliance | undefined;
};

type Sample = {
  readonly name: string;
  /** The state that a person sees in the portal. */
  readonly shows: string;
  readonly ownKey?: true;
  /** Software appliances with the real agent; the others exist only as the broker's rows. */
  readonly serials?: readonly string[];
  /** The operator's work on the order, up to this operation. */
  readonly until?: (typeof COURSE)[number];
  readonly end?: readonly [OperatorEvent, { readonly outcome: string }];
  readonly finish?: (site: SampleSite) => Promise<void>;
};

/** The operations on an import order, in their order. */
const COURSE = [
  "prepare",
  "dispatch",
  "deliver",
  "pickUp",
  "receive",
  "startCopy",
] as const satisfies readonly (OperatorEvent | "prepare")[];

const DAY_MS = 86_400_000;
const KEY_DAYS_LEFT = 12;
const API_VERSION = "2025-07-01";

const unlockFirst = async ({ appliance }: SampleSite): Promise<void> => {
  const result = await appliance?.nodes[0]?.unlock();
  if (result?.outcome !== "unlocked")
    throw new Error(`the sample expects an unlocked node, but it is ${JSON.stringify(result)}`);
};
const disableKey = async ({ key }: SampleSite): Promise<void> => {
  await key?.setEnabled(false);
};

/**
 * Every stage but that of the story's own order, and every state of a key and of a node that does
 * not need time to come about.
 */
const SAMPLES: readonly Sample[] = [
  { name: "vega", shows: "ordered, under the service's key" },
  { name: "rigel", shows: "canceled", finish: cancel },
  { name: "lyra", shows: "prepared; its enrolment code was not used yet", until: "prepare" },
  { name: "nova", shows: "dispatched, under a key of its own", ownKey: true, until: "dispatch" },
  {
    name: "atlas",
    shows: "delivered and unlocked; its key is healthy",
    ownKey: true,
    serials: ["DBX-1042"],
    until: "deliver",
    finish: unlockFirst,
  },
  {
    name: "titan",
    shows: "a Data Box Heavy with one node unlocked",
    ownKey: true,
    serials: ["DBH-7-A", "DBH-7-B"],
    until: "deliver",
    finish: unlockFirst,
  },
  {
    name: "ceres",
    shows: `unlocked; its key expires in ${String(KEY_DAYS_LEFT)} days`,
    ownKey: true,
    serials: ["DBX-1051"],
    until: "deliver",
    finish: async (site) => {
      await unlockFirst(site);
      await site.key?.expireOn(new Date(Date.now() + KEY_DAYS_LEFT * DAY_MS));
    },
  },
  {
    name: "orion",
    shows: "its key is disabled, so its unlock was refused",
    ownKey: true,
    serials: ["DBX-1077"],
    until: "deliver",
    finish: async (site) => {
      await disableKey(site);
      await site.appliance?.nodes[0]?.unlock();
    },
  },
  {
    name: "juno",
    shows: "its unlock waits for an approver",
    ownKey: true,
    serials: ["DBX-1090"],
    until: "deliver",
    finish: async ({ context, order, appliance }) => {
      await callOrder(context, order, "PUT", "unlockPolicy", APPROVED_ONLY);
      await appliance?.nodes[0]?.requestApproval();
    },
  },
  {
    name: "hydra",
    shows: "the operator's kill switch stops it",
    serials: ["DBX-1101"],
    until: "deliver",
    finish: ({ context, order }) =>
      context.operator.revoke({ kind: "order", order }, "reported as stolen"),
  },
  { name: "castor", shows: "picked up", until: "pickUp" },
  { name: "pollux", shows: "received", until: "receive" },
  { name: "deneb", shows: "its data is being copied", until: "startCopy" },
  {
    name: "mira",
    shows: "its copy waits for the customer: its key is disabled",
    ownKey: true,
    until: "receive",
    finish: async (site) => {
      await disableKey(site);
      await site.context.operator.advance(site.order, "startCopy");
    },
  },
  {
    name: "antares",
    shows: "completed with warnings",
    until: "startCopy",
    end: ["complete", { outcome: "CompletedWithWarnings" }],
  },
  {
    name: "arcturus",
    shows: "completed with errors",
    until: "startCopy",
    end: ["complete", { outcome: "CompletedWithErrors" }],
  },
  {
    name: "spica",
    shows: "aborted",
    until: "prepare",
    end: ["fail", { outcome: "Aborted" }],
  },
  {
    name: "regulus",
    shows: "failed at the customer's",
    until: "deliver",
    end: ["fail", { outcome: "Failed_IssueReportedAtCustomer" }],
  },
  {
    name: "sirius",
    shows: "failed at the datacenter",
    until: "receive",
    end: ["fail", { outcome: "Failed_IssueDetectedAtAzureDC" }],
  },
];

const APPROVED_ONLY = {
  outageGrace: "P1D",
  leaseTtlSeconds: 300,
  offline: { allowed: false, lease: { kind: "boots", boots: 1 } },
  release: {
    windows: [],
    approvals: { required: 1, approvers: [], expiresAfterSeconds: 7 * 86_400 },
    breakGlass: false,
  },
};

/** A call of our extensions below an order's own path, by the customer. */
async function callOrder(
  { customer }: Pick<StoryContext, "customer">,
  order: string,
  method: "PUT" | "POST",
  path: string,
  body: object = {},
): Promise<void> {
  await customer.callResourceManager(method, `${order}/${path}?api-version=${API_VERSION}`, body);
}

async function cancel({ context, order }: SampleSite): Promise<void> {
  await callOrder(context, order, "POST", "cancel", { reason: "ordered twice" });
}

/** Places the sample orders, one after the other. */
export async function placeSamples(context: StoryContext): Promise<void> {
  const quiet = { ...context, report: () => undefined };
  for (const sample of SAMPLES)
    await step(context, `Order ${sample.name}`, sample.shows, () => placeSample(quiet, sample));
}

async function placeSample(context: StoryContext, sample: Sample): Promise<void> {
  const { operator } = context;
  const { name, serials = [], until, end, finish } = sample;
  const order = await createOrder(context, name, serials.length > 1 ? "DataBoxHeavy" : "DataBox");
  const appliance =
    serials.length === 0 ? undefined : await context.createAppliance(order.id, serials);
  if (appliance !== undefined) await prepare(context, appliance);
  const key = sample.ownKey ? await takeOwnKey(context, order) : undefined;

  const moves = until === undefined ? [] : COURSE.slice(0, COURSE.indexOf(until) + 1);
  for (const move of moves)
    if (move !== "prepare") await operator.advance(order.id, move, { force: true });
    else if (appliance === undefined) await operator.prepare(order.id, [`DBX-${name}`]);
  if (end !== undefined) await operator.advance(order.id, ...end);
  if (appliance !== undefined) await boot(appliance);

  const site = { context, order: order.id, key, appliance };
  await finish?.(site);
  if (key !== undefined) await callOrder(context, order.id, "POST", "keyHealth/check");
}

async function takeOwnKey(
  context: StoryContext,
  order: Awaited<ReturnType<typeof createOrder>>,
): Promise<CustomerKey> {
  const principalId = await enableIdentity(context, order);
  const key = await createVaultAndKey(context, `contoso-${order.name}`);
  await key.grant(principalId);
  await useCustomerKey(context, order, key);
  return key;
}

/** At the customer's it boots locked. */
async function boot(appliance: Appliance): Promise<void> {
  await appliance.ship();
  for (const node of appliance.nodes) await node.lock();
}
