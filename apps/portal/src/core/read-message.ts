import { ACTIVITY_HEAD_TYPE, activityHead, MESSAGE_TYPES } from "@databox-cmk/protocol";
import * as z from "zod/mini";

// Looser than the messages of the protocol: the page shows what a newer device or broker writes,
// and only the broker judges it.
const challenge = z.object({
  order: z.string(),
  serial: z.string(),
  purpose: z.string(),
  agent: z.string(),
  opensForSeconds: z.number(),
  reason: z.optional(z.string()),
});
/** A challenge's own statements; nothing is proven before the broker has checked its signature. */
export type ChallengeClaims = z.infer<typeof challenge>;

const pending = z.object({
  approval: z.object({
    id: z.string(),
    required: z.number(),
    given: z.number(),
    approvedBy: z.array(z.string()),
    expiresInSeconds: z.number(),
  }),
});
export type PendingApproval = z.infer<typeof pending>["approval"];

/** Scanners and mail programs break lines; a message has none. */
export function withoutBreaks(text: string): string {
  return text.replaceAll(/\s+/g, "");
}

/** `undefined` when the text is not an appliance challenge. */
export function readChallenge(text: string): ChallengeClaims | undefined {
  const parsed = z.safeParse(challenge, payloadOf(text, MESSAGE_TYPES.offlineChallenge));
  return parsed.success ? parsed.data : undefined;
}

/** The people whose approval a pending answer waits for. */
export function readPending(text: string): PendingApproval | undefined {
  const parsed = z.safeParse(pending, payloadOf(text, MESSAGE_TYPES.pending));
  return parsed.success ? parsed.data.approval : undefined;
}

/** The rows of an activity that its signed end is about; all where an older broker signs none. */
export function upToEnd<Row>(rows: readonly Row[], head: string | undefined): readonly Row[] {
  const end = z.safeParse(activityHead, payloadOf(head ?? "", ACTIVITY_HEAD_TYPE)).data;
  return rows.slice(0, end?.length);
}

/** Payload of a compact JWS (RFC 7515 §3.1) of this `typ`; its signature is not checked. */
function payloadOf(text: string, type: string): unknown {
  const [header, payload, signature, ...more] = withoutBreaks(text).split(".");
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0)
    return undefined;
  const read = parsePart(header);
  const isOfType = typeof read === "object" && read !== null && "typ" in read && read.typ === type;
  return isOfType ? parsePart(payload) : undefined;
}

function parsePart(part: string): unknown {
  try {
    const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.codePointAt(0) ?? 0);
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
