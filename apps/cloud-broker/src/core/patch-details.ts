import { withoutUndefined } from "@databox-cmk/errors";
import type { JobPatch, StageName } from "@databox-cmk/protocol";
import { contactDetails, contactInfo, parseWith, shippingAddress } from "@databox-cmk/protocol";

import { failed, refusing } from "./failed.ts";
import { type JobDetails, withEncryptionPreference } from "./job-details.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Outcome } from "./ports.ts";
import { isAddressEditable, stageRules } from "./stages.ts";

type DetailsPatch = NonNullable<NonNullable<JobPatch["properties"]>["details"]>;

const TARGET = "properties.details";
const invalid = refusing("InvalidRequestContent", TARGET);

/**
 * Details after a PATCH: each member that was sent replaces its own value only, at any depth (lists
 * are replaced as a whole), and the result must still be a complete contact and a complete address.
 */
export function decideDetails(
  current: JobDetails,
  patch: DetailsPatch,
  order: Pick<Lifecycle, "stage" | "transferType">,
): Outcome<JobDetails> {
  const next = mergeDetails(current, patch);
  const forbidden = forbiddenMembers(order).find(
    (member) =>
      patch[member] !== undefined && !(next.ok && isSame(next.value[member], current[member])),
  );
  return forbidden === undefined ? next : refuse(order.stage, forbidden);
}

const EDITED = ["contactDetails", "reverseShippingDetails", "preferences"] as const;

/**
 * Members that can no longer change. Clients send them again, unchanged, with their changes; that
 * does not count as a change.
 */
function forbiddenMembers(
  order: Pick<Lifecycle, "stage" | "transferType">,
): readonly ("shippingAddress" | (typeof EDITED)[number])[] {
  return [
    ...(isAddressEditable(order.stage, order.transferType) ? [] : (["shippingAddress"] as const)),
    ...(stageRules(order.stage).terminal ? EDITED : []),
  ];
}

/** The same schema parsed both, which fixes the order of members. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function mergeDetails(current: JobDetails, patch: DetailsPatch): Outcome<JobDetails> {
  const faults: Outcome<never>[] = [];
  function merged<Value extends object>(
    schema: Parameters<typeof parseWith<Value>>[0],
    member: string,
    old: Value | undefined,
    changed: object | undefined,
  ): Value | undefined {
    if (changed === undefined) return old;
    const parsed = parseWith(schema, { ...old, ...changed });
    if (parsed.ok) return parsed.value;
    faults.push(invalid(member, parsed.detail));
    return undefined;
  }
  const contact = merged(
    contactDetails,
    "contactDetails",
    current.contactDetails,
    patch.contactDetails,
  );
  const address = merged(
    shippingAddress,
    "shippingAddress",
    current.shippingAddress,
    patch.shippingAddress,
  );
  const { reverseShippingDetails: old } = current;
  const { reverseShippingDetails: changed } = patch;
  const reverse = changed && {
    contactDetails: merged(
      contactInfo,
      "reverseShippingDetails.contactDetails",
      old?.contactDetails,
      changed.contactDetails,
    ),
    shippingAddress: merged(
      shippingAddress,
      "reverseShippingDetails.shippingAddress",
      old?.shippingAddress,
      changed.shippingAddress,
    ),
  };
  const double = patch.preferences?.encryptionPreferences?.doubleEncryption;
  if (
    double !== undefined &&
    double !== (current.preferences.encryptionPreferences?.doubleEncryption ?? "Disabled")
  )
    faults.push(
      invalid(
        "preferences.encryptionPreferences.doubleEncryption",
        "cannot be changed after the order was placed",
      ),
    );
  return (
    faults[0] ?? {
      ok: true,
      value: {
        ...current,
        ...withoutUndefined({
          contactDetails: contact,
          shippingAddress: address,
          reverseShippingDetails: reverse,
        }),
        preferences: withEncryptionPreference({
          ...current.preferences,
          ...patch.preferences,
          encryptionPreferences: {
            ...current.preferences.encryptionPreferences,
            ...patch.preferences?.encryptionPreferences,
          },
        }),
      },
    }
  );
}

function refuse(stage: StageName, member: string): Outcome<never> {
  return failed({
    code: "OrderStageForbids",
    reason: "address",
    target: `${TARGET}.${member}`,
    detail: `${member}: the order is in stage ${stage}`,
  });
}
