import { AppError } from "@databox-cmk/errors";
import { parseWith } from "@databox-cmk/protocol";
import * as z from "zod/mini";

/** Event Grid sends at most this many in one delivery. */
const MAX_EVENTS = 5000;
const text = (max: number) => z.string().check(z.minLength(1), z.maxLength(max));
const NEW_VERSION = "Microsoft.KeyVault.KeyNewVersionCreated";
/** Events that may change a key's health: of the key, or of the rights on its vault. */
const CHANGES: ReadonlySet<string> = new Set([
  NEW_VERSION,
  "Microsoft.KeyVault.KeyNearExpiry",
  "Microsoft.KeyVault.KeyExpired",
  "Microsoft.KeyVault.VaultAccessPolicyChanged",
]);
const VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent";

/**
 * Members that we do not use are ignored, as Azure advises, because its events grow. The members
 * that we use are exact.
 */
const envelope = z.object({
  id: text(256),
  /** Event Grid schema. */
  eventType: z.optional(text(256)),
  /** CloudEvents 1.0. */
  type: z.optional(text(256)),
  specversion: z.optional(z.literal("1.0")),
  data: z.optional(z.unknown()),
});
const change = z.object({ VaultName: z.string().check(z.regex(/^[0-9A-Za-z-]{3,24}$/)) });
const newVersion = z.object({
  ...change.shape,
  ObjectType: z.literal("Key"),
  ObjectName: z.string().check(z.regex(/^[0-9A-Za-z-]{1,127}$/)),
});
const validation = z.object({ validationCode: text(512) });

/** Name of the value itself in a message; no member has this name. */
const ITSELF = "(itself)";

export type KeyEvents =
  | { readonly kind: "validation"; readonly code: string }
  | {
      readonly kind: "changes";
      /** Keys that have a new version. */
      readonly keys: readonly { readonly vaultName: string; readonly keyName: string }[];
      /** The vaults of which a key, or the access to it, has changed. */
      readonly vaultNames: ReadonlySet<string>;
    };

/**
 * A delivery in the Event Grid schema (an array) or as CloudEvents (one, or an array). Events of
 * other types are ignored: a subscription may carry them, and Event Grid would send a refused one
 * again for a day.
 *
 * @throws {AppError} InvalidRequestContent
 */
export function parseKeyEvents(body: unknown): KeyEvents {
  const events = Array.isArray(body) ? body : [body];
  if (events.length > MAX_EVENTS) throw invalid(`body: more than ${String(MAX_EVENTS)} events`);
  const keys: { vaultName: string; keyName: string }[] = [];
  const vaultNames = new Set<string>();
  for (const [index, event] of events.entries()) {
    const target = `events[${String(index)}]`;
    const { eventType, type, specversion, data } = read(envelope, event, target);
    if ((eventType === undefined) === (type === undefined))
      throw invalid(`${target}: expected eventType (Event Grid schema) or type (CloudEvents)`);
    if (type !== undefined && specversion === undefined)
      throw invalid(`${target}.specversion: expected 1.0`);
    const kind = eventType ?? type;
    if (eventType === VALIDATION) {
      if (events.length > 1) throw invalid("body: a validation event must be the only event");
      return { kind: "validation", code: read(validation, data, `${target}.data`).validationCode };
    }
    if (kind === undefined || !CHANGES.has(kind)) continue;
    vaultNames.add(read(change, data, `${target}.data`).VaultName);
    if (kind !== NEW_VERSION) continue;
    const { VaultName, ObjectName } = read(newVersion, data, `${target}.data`);
    keys.push({ vaultName: VaultName, keyName: ObjectName });
  }
  return { kind: "changes", keys, vaultNames };
}

function read<Value>(
  schema: Parameters<typeof parseWith<Value>>[0],
  value: unknown,
  target: string,
): Value {
  const parsed = parseWith(schema, value, ITSELF);
  if (parsed.ok) return parsed.value;
  throw invalid(`${target}.${parsed.detail}`.replace(`.${ITSELF}:`, ":"));
}

const invalid = (detail: string): AppError =>
  new AppError("InvalidRequestContent", { target: "body", detail });
