import { asciiLowerCase, isIdentifier } from "@databox-cmk/protocol";

/**
 * Lower-case ARM resource id. Ids are compared without regard to case; this is the only spelling
 * that we store and sign.
 */
export type OrderId = string & { readonly __brand: "OrderId" };
export type EpochMs = number;

export type OrderName = {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
};

export function orderIdOf({ subscriptionId, resourceGroup, name }: OrderName): OrderId {
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${foldGroup(resourceGroup)}/providers/Microsoft.DataBox/jobs/${name}`;
  return foldOrderId(id);
}

/** The stored spelling of an id, or of a bound between ids. */
export function foldOrderId(id: string): OrderId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where ids are made
  return asciiLowerCase(id) as OrderId;
}

/**
 * Orders of groups that an earlier version accepted against the rule are still found by their
 * folding beyond ASCII, unless that makes another group of it: the Kelvin sign is not the letter k.
 */
function foldGroup(group: string): string {
  if (isIdentifier("resourceGroup", group)) return group;
  const folded = group.toLowerCase();
  return isIdentifier("resourceGroup", folded) ? group : folded;
}

/** The bounds of the ids below a path, so that a range finds them by the index: "0" follows "/". */
export function idsBelow(path: string): { readonly after: OrderId; readonly before: OrderId } {
  return { after: foldOrderId(`${path}/`), before: foldOrderId(`${path}0`) };
}

/** The subscription of an order, which is the customer for all counting: /subscriptions/{2}/…. */
export const subscriptionOf = (order: OrderId): string => order.split("/")[2] ?? "";

/**
 * Sizes of appliance that we make. DataBox has one node, DataBoxHeavy has two, each locked
 * separately.
 */
export const SKUS = {
  DataBox: { nodes: 1, secretsMember: "podSecrets" },
  DataBoxHeavy: { nodes: 2, secretsMember: "cabinetPodSecrets" },
} as const;
export type SkuName = keyof typeof SKUS;

/**
 * The identity that calls the vault. `broker` is the service's own and is used for the service's
 * own vault only.
 */
export type KeyIdentity =
  | { readonly kind: "broker" }
  | {
      readonly kind: "order";
      /**
       * The federated credential's subject: the order itself, so that no order can use another's
       * identity.
       */
      readonly order: OrderId;
      /** Made for the order, or the customer's own: their failures have different names. */
      readonly attachment: AttachedIdentity["kind"];
      readonly tenantId: string;
      readonly clientId: string;
      readonly principalId: string;
    };

/**
 * An identity attached to an order, as recorded. `resourceId` is the managed identity's ARM id, in
 * the letter case in which it was written.
 */
export type AttachedIdentity = {
  readonly kind: "system" | "user";
  readonly resourceId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly principalId: string;
};

/** The customer's choice (ARM `keyEncryptionKey`). URLs are kept as written. */
export type KeyChoice =
  | { readonly kekType: "MicrosoftManaged" }
  | {
      readonly kekType: "CustomerManaged";
      readonly kekUrl: string;
      readonly kekVaultResourceId: string;
      readonly identity:
        | { readonly type: "SystemAssigned" }
        | { readonly type: "UserAssigned"; readonly resourceId: string };
    };

/** The address of a vault key. `version` is absent in a versionless URL. */
export type KeyUrl = {
  readonly vaultUrl: string;
  readonly vaultName: string;
  readonly keyName: string;
  readonly version?: string;
};
