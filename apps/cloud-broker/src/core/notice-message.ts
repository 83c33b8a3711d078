import * as z from "zod/mini";

import { EVENT_TYPES, type EventType } from "./cloud-event.ts";

/** The texts of a message about an event, before they are rendered for a channel. */
export type NoticeMessage = {
  readonly title: string;
  readonly facts: readonly NoticeFact[];
  /** The page of the portal where the reader sees more and can act. */
  readonly link: string;
};
export type NoticeFact = { readonly name: string; readonly text: string };

const WHO = {
  "security-administrator": "Security administrator",
  "order-owner": "Order owner",
  "site-operator": "Operator at the appliance",
  "broker-operator": "Operator of the service",
  nobody: "Nobody",
  approvers: "Approvers of the order",
} as const;

/** The members of events that messages show; all others stay out of them. */
const event = z.object({
  type: z.enum(EVENT_TYPES),
  subject: z.string(),
  time: z.string(),
  data: z.object({
    kid: z.optional(z.string()),
    serial: z.optional(z.string()),
    before: z.optional(z.object({ state: z.string() })),
    after: z.optional(
      z.object({
        state: z.string(),
        code: z.optional(z.string()),
        risks: z.optional(z.array(z.object({ risk: z.string() }))),
      }),
    ),
    nextStep: z.optional(z.object({ who: z.enum(Object.keys(WHO)), text: z.string() })),
    required: z.optional(z.number()),
    decision: z.optional(z.string()),
    expiresAt: z.optional(z.string()),
  }),
});
type StoredEvent = z.infer<typeof event>;

type Description = {
  readonly title: (order: string, data: StoredEvent["data"]) => string;
  /** Below the order in the portal. */
  readonly page: string;
  readonly who: keyof typeof WHO | undefined;
};

/** One row per kind of event. */
const DESCRIPTIONS: Readonly<Record<EventType, Description>> = {
  [EVENT_TYPES.keyHealthChanged]: {
    title: (order, { after }) => `The key of order ${order} is ${after?.state ?? "unknown"}`,
    page: "key-health",
    who: undefined,
  },
  [EVENT_TYPES.approvalWaiting]: {
    title: (order) => `An approval of order ${order} is waiting`,
    page: "approvals",
    who: "approvers",
  },
  [EVENT_TYPES.approvalDecided]: {
    title: (order, { decision }) => `A request of order ${order} was ${decision ?? "decided"}`,
    page: "approvals",
    who: "nobody",
  },
  [EVENT_TYPES.breakGlass]: {
    title: (order) => `Emergency access to order ${order} is active`,
    page: "approvals",
    who: "order-owner",
  },
};

/**
 * Plain English for people. Only the members above are read, so that neither a typed reason nor the
 * name of a person leaves the service.
 *
 * @param body - CloudEvent that this broker rendered
 * @param portalUrl - origin of the portal
 */
export function describeEvent(body: string, portalUrl: string): NoticeMessage {
  const { type, subject, time, data } = event.parse(JSON.parse(body));
  const [, , subscription = "", , group = "", , , , order = ""] = subject.split("/");
  const { title, page, who } = DESCRIPTIONS[type];
  const path = ["orders", subscription, group, order].map(encodeURIComponent).join("/");
  const actor = data.nextStep?.who ?? who;
  const facts: Readonly<Record<string, string | undefined>> = {
    Order: order,
    Node: data.serial,
    Key: data.kid,
    Before: data.before?.state,
    Now: data.after?.state,
    Code: data.after?.code,
    Risks: data.after?.risks?.map(({ risk }) => risk).join(", "),
    "Approvals needed": data.required?.toString(),
    Expires: data.expiresAt,
    "Who must act":
      actor === undefined ? undefined : Object.entries(WHO).find(([name]) => name === actor)?.[1],
    "Next step": data.nextStep?.text,
    Time: time,
  };
  return {
    title: title(order, data),
    facts: Object.entries(facts).flatMap(([name, text]) =>
      text === undefined || text === "" ? [] : { name, text },
    ),
    link: `${portalUrl}/portal/${path}/${page}`,
  };
}
