import type { Custody, JobResource } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import type { OrderName } from "./arm-path.ts";
import { chosenIdentityOf, chosenKeyOf } from "./key-choice.ts";
import { EMPTY_CONTACT, type NewOrder } from "./new-order.ts";
import { contactOf } from "./order-contact.ts";

/** Azure: longest name of an order. */
const NAME_MAX_CHARACTERS = 24;
const CLONE_SUFFIX = "-Clone";

const transfer = z.object({ accountDetails: z.object({ storageAccountId: z.string() }) });
const doubled = z.object({
  encryptionPreferences: z.object({ doubleEncryption: z.literal("Enabled") }),
});
const addressed = z.object({ country: z.string() });

/** The parts of an order that a clone takes over. */
type Source = Pick<JobResource, "location" | "sku"> & {
  readonly properties: Pick<JobResource["properties"], "transferType" | "details">;
};

export function emptyOrder(subscriptionId: string): NewOrder {
  return {
    transferType: "ImportToAzure",
    subscriptionId,
    group: undefined,
    name: "",
    location: "",
    country: "",
    sku: "DataBox",
    accounts: [],
    kekType: "MicrosoftManaged",
    key: undefined,
    identityId: undefined,
    passkey: "generated",
    ownPasskey: "",
    doubleEncryption: false,
    custody: { kind: "escrow" },
    contact: EMPTY_CONTACT,
  };
}

/**
 * The wizard's initial values for another order like this one. Never cloned: the passkey, and an
 * identity of the order's own, which ends with it. An ended order no longer has its contact.
 */
export function cloneOrder(
  { subscriptionId, resourceGroup, jobName }: OrderName,
  { location, sku, properties }: Source,
  custody: Custody,
): NewOrder {
  const { transferType, details } = properties;
  const order: NewOrder = {
    ...emptyOrder(subscriptionId),
    transferType,
    group: { name: resourceGroup, isNew: false },
    name: `${jobName.slice(0, NAME_MAX_CHARACTERS - CLONE_SUFFIX.length)}${CLONE_SUFFIX}`,
    location,
    sku: sku.name === "DataBoxHeavy" ? "DataBoxHeavy" : "DataBox",
    custody,
  };
  if (details === undefined) return order;
  const address = addressed.safeParse(details.shippingAddress);
  const identity = chosenIdentityOf(details.keyEncryptionKey);
  return {
    ...order,
    country: address.success ? address.data.country : "",
    accounts: [...details.dataImportDetails, ...details.dataExportDetails].flatMap((each) => {
      const read = transfer.safeParse(each);
      return read.success ? [read.data.accountDetails.storageAccountId] : [];
    }),
    kekType: details.keyEncryptionKey.kekType,
    key: chosenKeyOf(details.keyEncryptionKey),
    identityId: identity?.type === "UserAssigned" ? identity.resourceId : undefined,
    doubleEncryption: doubled.safeParse(details.preferences).success,
    contact: contactOf(details),
  };
}
