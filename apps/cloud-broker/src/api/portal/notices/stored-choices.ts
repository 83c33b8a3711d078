import type { NoticeChoicesWrite } from "@databox-cmk/protocol";

import { languageOf, type NoticeLanguage } from "../../../core/notice-texts.ts";
import type { EpochMs } from "../../../core/order.ts";
import type { Store } from "../../../store/store.ts";

export type StoredChoice = { readonly subscription: string; readonly type: string };

export async function readChoices(
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

/** Replaces a person's choices. Without any, nothing of the person is kept. */
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
  await store.transaction().execute(async (transaction) => {
    await transaction.deleteFrom("notice_choices").where("object_id", "=", objectId).execute();
    await transaction.deleteFrom("notice_people").where("object_id", "=", objectId).execute();
    if (rows.length === 0) return;
    await transaction
      .insertInto("notice_people")
      .values({ object_id: objectId, address, language, changed_at_ms: nowMs })
      .execute();
    await transaction.insertInto("notice_choices").values(rows).execute();
  });
}
