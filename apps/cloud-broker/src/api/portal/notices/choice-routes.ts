import {
  LATER_PERSONAL_EVENTS,
  NOTICE_CALLS,
  type NoticeChoices,
  PERSONAL_EVENTS,
  type NoticeChoicesWrite,
  type PersonalEvent,
} from "@databox-cmk/protocol";

import type { HasAccess, StillMay } from "../../../callers/has-access.ts";
import { addressOf } from "../../../core/address-of.ts";
import { EVENT_TYPES } from "../../../core/cloud-event.ts";
import { invalidMember, valueOf } from "../../../core/failure-error.ts";
import { NOTICE_RIGHTS } from "../../../core/notice-message.ts";
import { languageOf, type NoticeLanguage } from "../../../core/notice-texts.ts";
import type { EpochMs } from "../../../core/order.ts";
import { OPERATOR_APP_ROLE } from "../../../core/permissions.ts";
import type { Clock } from "../../../core/ports.ts";
import type { Notices } from "../../../events/open-notices.ts";
import type { Caller, ServedRoute } from "../../../http/route.ts";
import type { Store } from "../../../store/store.ts";
import { pageRoute, pageWrite } from "../own-api-routes.ts";
import { readsAnyKind, subscriptionsOf } from "./notice-routes.ts";

export type ChoiceDependencies = {
  readonly store: Store;
  readonly hasAccess: HasAccess;
  /** By role assignments only, as when an e-mail is sent: in the subscription or a part of it. */
  readonly maySomewhere: StillMay;
  readonly notices: Notices;
  readonly now: Clock;
};

/** Reads and writes a person's choice of e-mails, beside the channels of groups. */
export function createChoiceRoutes(dependencies: ChoiceDependencies): readonly ServedRoute[] {
  const { store, notices, now } = dependencies;
  return [
    pageRoute(NOTICE_CALLS.readChoices, (request) =>
      describeChoices(
        dependencies,
        request.caller,
        subscriptionsOf(request),
        readsAnyKind(request) ? PERSONAL_EVENTS : PERSONAL_EVENTS.filter((type) => !isLater(type)),
      ),
    ),
    pageWrite(NOTICE_CALLS.writeChoices, async ({ caller }, wanted) => {
      const address = addressOf(caller.name);
      const isOff = wanted.kinds.every(({ chosenIn }) => chosenIn.length === 0);
      const canSend = address !== undefined && notices.sendMail !== undefined;
      if (!isOff && (!canSend || caller.own !== undefined))
        throw invalidMember("kinds", "this service cannot send e-mail to you");
      const person = { objectId: caller.objectId, address: address ?? "", nowMs: now() };
      await writeChoices(store, person, wanted);
    }),
  ];
}

const LATER: ReadonlySet<string> = new Set(LATER_PERSONAL_EVENTS);
const isLater = (type: string): boolean => LATER.has(type);

async function describeChoices(
  { store, hasAccess, maySomewhere, notices }: ChoiceDependencies,
  caller: Caller,
  subscriptions: readonly string[],
  types: readonly PersonalEvent[],
): Promise<NoticeChoices> {
  const stored = await readChoices(store, caller.objectId);
  const address = addressOf(caller.name);
  const kinds: NoticeChoices["kinds"][number][] = [];
  for (const type of types) {
    const action = NOTICE_RIGHTS[type];
    const readable: string[] = [];
    const allowedIn: string[] = [];
    for (const id of subscriptions) {
      const scope = `/subscriptions/${id}`;
      if (await hasAccess(caller, action, scope)) readable.push(id);
      // E-mails need rights that the service itself can read.
      if (caller.own !== undefined) continue;
      if (valueOf(await maySomewhere(caller.objectId, action, scope))) allowedIn.push(id);
    }
    kinds.push({
      type,
      channels: channelsOf(notices, type, readable),
      allowedIn,
      signedInOnly: readable.filter((id) => !allowedIn.includes(id)),
      chosenIn: (stored?.choices ?? []).flatMap((each) =>
        each.type === type ? each.subscription : [],
      ),
    });
  }
  if (caller.roles.includes(OPERATOR_APP_ROLE)) {
    const type = EVENT_TYPES.campaignFinished;
    const channels = channelsOf(notices, type, []);
    kinds.push({ type, channels, allowedIn: [], signedInOnly: [], chosenIn: [] });
  }
  return {
    address,
    hasMailServer: notices.sendMail !== undefined,
    language: stored?.language,
    kinds,
  };
}

/** A channel is shown by its name alone: its address is a secret. */
function channelsOf(
  { channels }: Notices,
  type: NoticeChoices["kinds"][number]["type"],
  readable: readonly string[],
) {
  return channels
    .filter(
      ({ events, subscriptions }) =>
        events.includes(type) &&
        (type === EVENT_TYPES.campaignFinished ||
          readable.some((id) => subscriptions === "all" || subscriptions.includes(id))),
    )
    .map(({ name, kind }) => ({ name, kind }));
}

type StoredChoice = { readonly subscription: string; readonly type: string };

async function readChoices(
  store: Store,
  objectId: string,
): Promise<
  { readonly language: NoticeLanguage; readonly choices: readonly StoredChoice[] } | undefined
> {
  const person = await store
    .selectFrom("notice_people")
    .select("language")
    .where("object_id", "=", objectId)
    .executeTakeFirst();
  if (person === undefined) return undefined;
  const rows = await store
    .selectFrom("notice_choices")
    .select(["subscription_id", "event_type"])
    .where("object_id", "=", objectId)
    .execute();
  return {
    language: languageOf(person.language),
    choices: rows.map((row) => ({ subscription: row.subscription_id, type: row.event_type })),
  };
}

/**
 * Replaces a person's choices. Those of a later kind that is not named stay, for a page that does
 * not know it. Without any choice, or without an address, nothing of the person is kept.
 */
export async function writeChoices(
  store: Store,
  { objectId, address, nowMs }: { objectId: string; address: string; nowMs: EpochMs },
  { language, kinds }: NoticeChoicesWrite,
): Promise<void> {
  const rows = kinds.flatMap(({ type, chosenIn }) =>
    [...new Set(chosenIn.map((id) => id.toLowerCase()))].map((subscription) => ({
      object_id: objectId,
      subscription_id: subscription,
      event_type: type,
    })),
  );
  const replaced = PERSONAL_EVENTS.filter(
    (each) => !isLater(each) || kinds.some(({ type }) => type === each),
  );
  await store.transaction().execute(async (transaction) => {
    await transaction
      .deleteFrom("notice_choices")
      .where("object_id", "=", objectId)
      .where("event_type", "in", replaced)
      .execute();
    const kept = await transaction
      .selectFrom("notice_choices")
      .select("event_type")
      .where("object_id", "=", objectId)
      .executeTakeFirst();
    if (address === "" || (rows.length === 0 && kept === undefined)) {
      await transaction.deleteFrom("notice_people").where("object_id", "=", objectId).execute();
      return;
    }
    const person = { address, language, changed_at_ms: nowMs };
    await transaction
      .insertInto("notice_people")
      .values({ object_id: objectId, ...person })
      .onConflict((conflict) => conflict.column("object_id").doUpdateSet(person))
      .execute();
    if (rows.length > 0) await transaction.insertInto("notice_choices").values(rows).execute();
  });
}
