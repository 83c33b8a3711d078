import { readFileSync } from "node:fs";
import { join } from "node:path";

import { openEnvelope, parseEnvelope } from "@databox-cmk/crypto";

import { foldOrderId } from "../../src/core/order.ts";
import { keptBytes } from "../store/open-test-store.ts";
import { VAULTS } from "./open-explored.ts";
import type { Walk } from "./walk.ts";

/** A broker that was taken over may ask every vault for everything. */
const BROKER = {
  kind: "order",
  attachment: "system",
  principalId: "a broker that was taken over",
} as const;

/**
 * Property 5: opens all that the broker has of the order, in its database and in a backup, and
 * compares it with what opens a volume in split custody. The appliance's own share must not be
 * anywhere.
 */
export async function requireNothingOpens(walk: Walk): Promise<void> {
  const { split } = walk.node;
  if (split === undefined || walk.stage === "Deleted") return;
  const { world } = walk;
  const store = world.store();
  const bytes = [await keptBytes(store, join(world.folder, "broker.sqlite"))];
  if (walk.backup !== undefined) bytes.push(readFileSync(walk.backup.file));
  bytes.push(Buffer.from(world.logLines.join("\n")));
  const share = Buffer.from(split.share);
  const forms = [
    share,
    ...(["base64url", "hex", "base64"] as const).map((as) => share.toString(as)),
  ];
  if (bytes.some((each) => forms.some((form) => each.includes(form))))
    walk.bad(5, "the broker has the appliance's share");
  const order = foldOrderId(walk.path);
  const kept: string[] = [];
  for (const table of ["envelopes", "rekeys"] as const) {
    const rows = await store
      .selectFrom(table)
      .select("jwe_json")
      .where("order_id", "=", order)
      .execute();
    kept.push(...rows.map(({ jwe_json: json }) => json).filter((json) => json !== ""));
  }
  for (const vault of VAULTS) world.vaults.grant(vault, BROKER.principalId);
  for (const json of kept) {
    const envelope = parseEnvelope(JSON.parse(json));
    for (const { kid, encryptedKey } of envelope.recipients) {
      if (!kid.startsWith("https://")) continue;
      const unwrapped = await world.vaults.port.unwrapKey(BROKER, kid, encryptedKey);
      if (!unwrapped.ok) continue;
      const secret = await openEnvelope(envelope, unwrapped.value.contentKey, envelope.context);
      if (Buffer.from(secret).equals(split.key)) walk.bad(5, "the broker opens the volume alone");
    }
  }
}
