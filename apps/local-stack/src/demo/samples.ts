import type { OperatorEvent } from "../azure/operator-client.ts";
import type { Appliance } from "../stack/appliances.ts";
import type { CustomerKey } from "../story/key-steps.ts";
import type { StoryContext } from "../story/story-context.ts";

/** An order that was placed and moved on, for the last touch of its sample. */
export type SampleSite = {
  readonly context: StoryContext;
  readonly order: string;
  /** The service's own, if undefined. */
  readonly key: CustomerKey | undefined;
  readonly appliance: Appliance | undefined;
};

export type Sample = {
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
export const COURSE = [
  "prepare",
  "dispatch",
  "deliver",
  "pickUp",
  "receive",
  "startCopy",
] as const satisfies readonly (OperatorEvent | "prepare")[];

/** The guided tour breaks this one, and mends it. */
export const TOUR_ORDER = "atlas";

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

/** Every stage, and every state of a key and of a node that does not need time to come about. */
export const SAMPLES: readonly Sample[] = [
  { name: "vega", shows: "ordered, under the service's key" },
  { name: "rigel", shows: "canceled", finish: cancel },
  { name: "lyra", shows: "prepared; its enrolment code was not used yet", until: "prepare" },
  { name: "nova", shows: "dispatched, under a key of its own", ownKey: true, until: "dispatch" },
  {
    name: TOUR_ORDER,
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
  ...(["Completed", "CompletedWithWarnings", "CompletedWithErrors"] as const).map(
    (outcome, index): Sample => ({
      name: ["altair", "antares", "arcturus"][index] ?? outcome,
      shows: outcome,
      until: "startCopy",
      end: ["complete", { outcome }],
    }),
  ),
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
export async function callOrder(
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
