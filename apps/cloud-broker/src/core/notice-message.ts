import { createTranslator, GERMAN, namesOf } from "@databox-cmk/errors";
import * as z from "zod/mini";

import type { Action } from "./actions.ts";
import { EVENT_TYPES, type EventSubject, type EventType } from "./cloud-event.ts";
import {
  DECISIONS,
  DRY_RUN_FINISHED,
  FACT_NAMES,
  inLanguage,
  MANY_REVOKED,
  type NoticeLanguage,
  type NoticeText,
  OPEN_IN_PORTAL,
  OVERRIDE_BEGUN,
  RISK_TEXTS,
  STATES,
  TITLES,
  WHO,
} from "./notice-texts.ts";
import { foldOrderId } from "./order.ts";

/** The texts of a message about an event, before they are rendered for a channel. */
export type NoticeMessage = {
  readonly title: string;
  readonly facts: readonly NoticeFact[];
  /** The page of the portal where the reader sees more and can act. */
  readonly link: string;
  readonly linkText: string;
};
export type NoticeFact = { readonly name: string; readonly text: string };

/** The members of events that messages show or are sent by; all others stay out of them. */
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
    nextStep: z.optional(z.object({ who: z.string(), text: z.string() })),
    required: z.optional(z.number()),
    decision: z.optional(z.string()),
    expiresAt: z.optional(z.string()),
    effectiveAt: z.optional(z.string()),
    changed: z.optional(z.array(z.string())),
    nodes: z.optional(z.number()),
    elapsedMs: z.optional(z.number()),
    campaignId: z.optional(z.string()),
    subscriptionId: z.optional(z.string()),
    approvalId: z.optional(z.string()),
    orders: z.optional(z.number()),
    failed: z.optional(z.number()),
    dryRun: z.optional(z.boolean()),
  }),
});

type Row = {
  /** Below the order in the portal; undefined: the page is the campaign's. */
  readonly page: string | undefined;
  readonly who: keyof typeof WHO | undefined;
};

/** One row per kind of event; its title stands in notice-texts.ts. */
const ROWS: Readonly<Record<EventType, Row>> = {
  [EVENT_TYPES.keyHealthChanged]: { page: "key-health", who: undefined },
  [EVENT_TYPES.approvalWaiting]: { page: "approvals", who: "approvers" },
  [EVENT_TYPES.approvalDecided]: { page: "approvals", who: "nobody" },
  [EVENT_TYPES.breakGlass]: { page: "approvals", who: "order-owner" },
  [EVENT_TYPES.emergencyUsed]: { page: "approvals", who: "order-owner" },
  [EVENT_TYPES.policyChanged]: { page: "unlock-policy", who: undefined },
  [EVENT_TYPES.accessRevoked]: { page: "key-health", who: undefined },
  [EVENT_TYPES.drillFinished]: { page: "key-health", who: "nobody" },
  [EVENT_TYPES.campaignFinished]: { page: undefined, who: undefined },
};

/** @param body - CloudEvent that this broker rendered */
export function readSubject(body: string): EventSubject {
  const { type, subject, data } = event.parse(JSON.parse(body));
  if (type === EVENT_TYPES.campaignFinished) return { type, campaign: data.campaignId ?? "" };
  return type === EVENT_TYPES.accessRevoked && data.subscriptionId !== undefined
    ? { type, subscription: data.subscriptionId }
    : { type, order: foldOrderId(subject) };
}

/** @returns the request that an event puts before its approvers; undefined for any other event */
export function readApprovalId(body: string): string | undefined {
  const { type, data } = event.parse(JSON.parse(body));
  return type === EVENT_TYPES.approvalWaiting ? data.approvalId : undefined;
}

export type DescribeEvent = (body: string) => NoticeMessage;

/**
 * Plain words for people. Only the members above are read, so that neither a typed reason nor the
 * name of a person leaves the service.
 *
 * @param portalUrl - origin of the portal
 * @returns describes a CloudEvent that this broker rendered
 */
export function createDescribeEvent(language: NoticeLanguage, portalUrl: string): DescribeEvent {
  const translate = createTranslateStep(language);
  const say = (text: NoticeText) => inLanguage(text, language);
  /** An id that only a newer broker knows is shown unchanged. */
  const word = (words: Readonly<Record<string, NoticeText>>, name = "") =>
    Object.hasOwn(words, name) && words[name] !== undefined ? say(words[name]) : name;
  return (body) => {
    const { type, subject, time, data } = event.parse(JSON.parse(body));
    const { page, who } = ROWS[type];
    const isOfMany = data.subscriptionId !== undefined;
    const [, , subscription = "", , group = "", , , , name = ""] = subject.split("/");
    const path =
      page === undefined
        ? ["operator", "campaigns", data.campaignId ?? ""]
        : isOfMany
          ? ["orders"]
          : ["orders", subscription, group, name, page];
    const state = word(STATES, data.after?.state);
    const decision = word(DECISIONS, data.decision);
    const isOverride = type === EVENT_TYPES.policyChanged && data.effectiveAt !== undefined;
    const title = say(
      data.dryRun === true
        ? DRY_RUN_FINISHED
        : isOverride
          ? OVERRIDE_BEGUN
          : isOfMany
            ? MANY_REVOKED
            : TITLES[type],
    );
    const facts: Readonly<Record<keyof typeof FACT_NAMES, string | undefined>> = {
      order: page === undefined || isOfMany ? undefined : name,
      subscription: data.subscriptionId === "*" ? undefined : data.subscriptionId,
      // A change names what it loosens in the place of a serial number, with a slash at its end.
      node: data.serial?.endsWith("/") === true ? undefined : data.serial,
      key: data.kid,
      before: word(STATES, data.before?.state),
      now: state,
      code: data.after?.code,
      risks: data.after?.risks?.map(({ risk }) => word(RISK_TEXTS, risk)).join(", "),
      required: data.required?.toString(),
      changed: data.changed?.join(", "),
      effective: data.effectiveAt,
      expires: data.expiresAt,
      nodes: data.nodes?.toString(),
      elapsed:
        data.elapsedMs === undefined
          ? undefined
          : `${(data.elapsedMs / 1000).toLocaleString(language)} s`,
      orders: data.orders?.toString(),
      failed: data.failed?.toString(),
      who: word(WHO, data.nextStep?.who ?? who),
      nextStep: data.nextStep === undefined ? undefined : translate(data.nextStep.text),
      time,
    };
    return {
      title: fill(title, { order: name, state, decision }),
      facts: namesOf(FACT_NAMES).flatMap((fact) => {
        const text = facts[fact];
        return text === undefined || text === "" ? [] : { name: say(FACT_NAMES[fact]), text };
      }),
      link: `${portalUrl}/portal/${path.map(encodeURIComponent).join("/")}`,
      linkText: say(OPEN_IN_PORTAL),
    };
  };
}

/** Events hold the steps in English, as answers do. */
function createTranslateStep(language: NoticeLanguage): (english: string) => string {
  if (language === "en") return (english) => english;
  const translate = createTranslator(GERMAN);
  return (english) =>
    translate(english)
      .map(({ text }) => text)
      .join("");
}

function fill(title: string, words: Readonly<Record<string, string>>): string {
  return title.replaceAll(/\{(\w+)\}/g, (_, name: string) => words[name] ?? "");
}

/** Kinds of events that a person can choose: those of an order. */
type PersonalEventType = Exclude<EventType, typeof EVENT_TYPES.campaignFinished>;

/** The action on the order that a person needs to be told of an event. */
export const NOTICE_RIGHTS = {
  [EVENT_TYPES.keyHealthChanged]: "Microsoft.DataBox/jobs/keyHealth/read",
  [EVENT_TYPES.approvalWaiting]: "Microsoft.DataBox/jobs/approvals/approve/action",
  [EVENT_TYPES.approvalDecided]: "Microsoft.DataBox/jobs/approvals/read",
  [EVENT_TYPES.breakGlass]: "Microsoft.DataBox/jobs/approvals/read",
  [EVENT_TYPES.emergencyUsed]: "Microsoft.DataBox/jobs/approvals/read",
  [EVENT_TYPES.policyChanged]: "Microsoft.DataBox/jobs/approvals/read",
  [EVENT_TYPES.accessRevoked]: "Microsoft.DataBox/jobs/approvals/read",
  [EVENT_TYPES.drillFinished]: "Microsoft.DataBox/jobs/revocationDrill/read",
} as const satisfies Record<PersonalEventType, Action>;
