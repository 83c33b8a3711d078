import type { Action } from "../core/actions.ts";
import { type EventSubject, subscriptionOfEvent } from "../core/cloud-event.ts";
import {
  createDescribeEvent,
  type DescribeEvent,
  readApprovalId,
  readSubject,
  NOTICE_RIGHTS,
} from "../core/notice-message.ts";
import { languageOf, type NoticeLanguage } from "../core/notice-texts.ts";
import type { OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";
import { renderMail } from "../core/render-notice.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import type { QueuedEvent, Receiver } from "./deliver-events.ts";
import type { SendMail } from "./send-mail.ts";

const PREFIX = "person:";
export const isPerson = (receiver: string): boolean => receiver.startsWith(PREFIX);

export type PersonReceivers = ReturnType<typeof createPersonReceivers>;

/**
 * People who chose to get events by e-mail. Choice, address and right are read when an e-mail is
 * sent: a person who lost the right to an order, or withdrew the choice, is not told of it, however
 * long the event had waited. Nor is a person told of a request that does not wait for them: the
 * policy names others, they asked themselves, or it is decided.
 *
 * @param stillMay - by role assignments only, because there is no token while an e-mail is sent
 * @param stillWaits - whether this person may still decide about the request, by the order's policy
 */
export function createPersonReceivers(deps: {
  readonly store: Store;
  readonly stillMay: (objectId: string, action: Action, scope: string) => Promise<Outcome<boolean>>;
  readonly stillWaits: (objectId: string, order: OrderId, approvalId: string) => Promise<boolean>;
  readonly sendMail: SendMail;
  readonly portalUrl: string;
}) {
  const describe: Readonly<Record<NoticeLanguage, DescribeEvent>> = {
    en: createDescribeEvent("en", deps.portalUrl),
    de: createDescribeEvent("de", deps.portalUrl),
  };

  async function send(objectId: string, { id, body }: QueuedEvent) {
    const subject = readSubject(body);
    if ("campaign" in subject) return "withdrawn";
    const person = await readChoice(deps.store, objectId, subject);
    if (person === undefined) return "withdrawn";
    const scopes =
      "order" in subject
        ? [subject.order]
        : person.chosenIn.map((chosen) => `/subscriptions/${chosen}`);
    let isAllowed = false;
    for (const scope of scopes) {
      const allowed = await deps.stillMay(objectId, NOTICE_RIGHTS[subject.type], scope);
      if (!allowed.ok) return { status: undefined };
      isAllowed ||= allowed.value;
    }
    if (!isAllowed) return "withdrawn";
    const approvalId = readApprovalId(body);
    if (
      approvalId !== undefined &&
      "order" in subject &&
      !(await deps.stillWaits(objectId, subject.order, approvalId))
    )
      return "withdrawn";
    return deps.sendMail({
      ...renderMail(describe[person.language](body)),
      to: person.address,
      messageId: `<${id}.${objectId}@${new URL(deps.portalUrl).hostname}>`,
    });
  }

  return {
    /** Names of the people who chose this kind of event in the subscription. */
    async select(transaction: Store | StoreTransaction, subject: EventSubject) {
      const rows = await choicesFor(transaction, subject)
        .select("notice_choices.object_id")
        .distinct()
        .execute();
      return rows.map((row) => `${PREFIX}${row.object_id}`);
    },
    find(name: string): Receiver | undefined {
      if (!isPerson(name)) return undefined;
      const objectId = name.slice(PREFIX.length);
      return { kind: "email", shown: name, send: (event) => send(objectId, event) };
    },
  };
}

async function readChoice(store: Store, objectId: string, subject: EventSubject) {
  const rows = await choicesFor(store, subject)
    .innerJoin("notice_people", "notice_people.object_id", "notice_choices.object_id")
    .select(["notice_people.address", "notice_people.language", "notice_choices.subscription_id"])
    .where("notice_people.object_id", "=", objectId)
    .execute();
  const [row] = rows;
  return (
    row && {
      address: row.address,
      language: languageOf(row.language),
      chosenIn: rows.map(({ subscription_id: id }) => id),
    }
  );
}

function choicesFor(store: Store, subject: EventSubject) {
  const subscription = subscriptionOfEvent(subject);
  const choices = store.selectFrom("notice_choices").where("event_type", "=", subject.type);
  return subscription === "*" ? choices : choices.where("subscription_id", "=", subscription ?? "");
}
