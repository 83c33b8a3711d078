import { namesOf } from "@databox-cmk/errors";
import { asciiLowerCase, isSameIdentifier } from "@databox-cmk/protocol";

import type { Action } from "./actions.ts";
import { RULE_CHANGES } from "./rule-changes.ts";

/** Every signed-in caller of the tenant may do it; it reveals nothing about any order. */
const OPEN_ACTION: Action = "Microsoft.DataBox/operations/read";

type ActionPattern = Action | `${string}*${string}`;

type RoleRow = {
  /**
   * GUID of the built-in role definition; roles of our own, which Azure does not have, are known by
   * name only.
   */
  readonly definition?: string;
  readonly title: string;
  /** `*` stands for any text. */
  readonly actions: readonly ActionPattern[];
  readonly notActions?: readonly ActionPattern[];
};

const ADVICE: readonly Action[] = [
  "Microsoft.DataBox/locations/availableSkus/action",
  "Microsoft.DataBox/locations/validateInputs/action",
  "Microsoft.DataBox/locations/validateAddress/action",
  "Microsoft.DataBox/locations/regionConfiguration/action",
];

/**
 * They move power, so they are for people who can also grant rights. A deleted key may be a
 * revocation. A policy of a subscription is for those who place its orders.
 */
const OWNERS_ONLY: readonly Action[] = namesOf(RULE_CHANGES)
  .filter((name) => RULE_CHANGES[name] === "owner")
  .map((name) => `Microsoft.DataBox/${name}` as const);

/**
 * Which role may do what (Azure built-in roles). No reader may list credentials: Azure's Data Box
 * Reader may, so a "reader" there can unlock the appliance.
 */
export const ROLES = {
  Owner: { title: "Owner", definition: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", actions: ["*"] },
  Contributor: {
    title: "Contributor",
    definition: "b24988ac-6180-42a0-ab88-20f7382dd24c",
    actions: ["*"],
    notActions: [
      "Microsoft.Authorization/*/write",
      "Microsoft.Authorization/*/delete",
      ...OWNERS_ONLY,
    ],
  },
  Reader: {
    title: "Reader",
    definition: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    actions: ["*/read"],
  },
  DataBoxContributor: {
    title: "Data Box Contributor",
    definition: "add466c9-e687-43fc-8d98-dfcf8d720be5",
    actions: ["Microsoft.DataBox/*"],
    notActions: OWNERS_ONLY,
  },
  DataBoxReader: {
    title: "Data Box Reader",
    definition: "028f4ed7-e2a9-465e-a8f4-9c0ffdfdc027",
    actions: ["Microsoft.DataBox/*/read", ...ADVICE],
  },
  /**
   * Decides about releases and changes nothing, so that the author of a policy need not be its
   * approver.
   */
  DataBoxApprover: {
    title: "Data Box Approver",
    actions: [
      "Microsoft.DataBox/*/read",
      "Microsoft.DataBox/jobs/approvals/approve/action",
      "Microsoft.DataBox/jobs/approvals/reject/action",
      ...ADVICE,
    ],
  },
  DataBoxOperator: {
    title: "Data Box Operator",
    actions: [
      "Microsoft.DataBox/*/read",
      "Microsoft.DataBox/jobs/listCredentials/action",
      "Microsoft.DataBox/jobs/bookShipmentPickUp/action",
      "Microsoft.DataBox/jobs/markDevicesShipped/action",
      "Microsoft.DataBox/jobs/mitigate/action",
      "Microsoft.DataBox/jobs/offlineUnlocks/action",
      ...ADVICE,
    ],
  },
} as const satisfies Record<string, RoleRow>;
export type RoleName = keyof typeof ROLES;

/** App role (not an Azure role) of the staff who prepare, ship, receive and erase appliances. */
export const OPERATOR_APP_ROLE = "DataBox.Operator";

/** Azure's own name of the app role that lets Event Grid deliver to a webhook. */
export const EVENT_DELIVERY_APP_ROLE = "AzureEventGridSecureWebhookSubscriber";
/** Application id of Microsoft.EventGrid, the same in every tenant. */
export const EVENT_GRID_APPLICATION = "4962773b-9cdb-44cf-a8bf-237846a00ab7";

const ROLE_NAMES = namesOf(ROLES);

function roleRow(role: RoleName): RoleRow {
  return ROLES[role];
}

/** Role of a role definition's GUID or resource id. */
export function roleOfDefinition(definition: string): RoleName | undefined {
  const guid = asciiLowerCase(definition).split("/").at(-1);
  return ROLE_NAMES.find((role) => roleRow(role).definition === guid);
}

/**
 * One role held at a scope: `/` (everything in the tenant), a subscription, a group or a resource;
 * lower case.
 */
export type HeldRole = { readonly role: RoleName; readonly scope: string };

/**
 * App role of a token → role and scope. `Reader` counts for every subscription of the tenant,
 * `Reader:{subscription id}` for that one. Entra allows no spaces in app roles, so `DataBoxReader`
 * and `DataBox.Reader` mean Data Box Reader.
 */
export function parseAppRole(value: string): HeldRole | undefined {
  const [title = "", subscription, ...rest] = value.split(":");
  const wanted = title.replaceAll(/[\s.]/g, "").toLowerCase();
  // The operator's app role opens the operator API only; as a role on orders it needs the name
  // without a dot.
  if (isSameIdentifier(value, OPERATOR_APP_ROLE) || rest.length > 0) return undefined;
  const role = ROLE_NAMES.find((name) => asciiLowerCase(name) === wanted);
  if (role === undefined) return undefined;
  if (subscription === undefined) return { role, scope: "/" };
  if (!/^[0-9a-f-]{36}$/i.test(subscription)) return undefined;
  return { role, scope: `/subscriptions/${asciiLowerCase(subscription)}` };
}

/**
 * Deny by default: allowed when one held role at or above the scope has the action and does not
 * exclude it.
 */
export function decideAccess(held: readonly HeldRole[], action: string, scope: string): boolean {
  if (action === OPEN_ACTION) return true;
  return held.some(({ role, scope: at }) => {
    const row = roleRow(role);
    return (
      covers(at, scope) &&
      row.actions.some((pattern) => matches(pattern, action)) &&
      !(row.notActions ?? []).some((pattern) => matches(pattern, action))
    );
  });
}

/** The customer's writes that change a rule: the effect of each, and the roles that have it. */
export const CHANGES_OF_RULES = namesOf(RULE_CHANGES)
  .filter((name) => RULE_CHANGES[name] !== "none")
  .map((name) => {
    const action = `Microsoft.DataBox/${name}` as const;
    const has = (role: RoleName) => decideAccess([{ role, scope: "/" }], action, "/");
    const roles = ROLE_NAMES.filter(has).map((role) => ROLES[role].title);
    return { action, effect: RULE_CHANGES[name], roles };
  });

/**
 * Whether a role allows an action on a subscription, or on at least one resource group or order in
 * it. A role on a vault says nothing about orders.
 */
export function decideAccessIn(
  held: readonly HeldRole[],
  action: string,
  subscription: string,
): boolean {
  return held.some(
    ({ role, scope }) =>
      decideAccess([{ role, scope }], action, subscription) ||
      (covers(subscription, scope) &&
        ORDERS_BELOW.test(scope) &&
        decideAccess([{ role, scope }], action, scope)),
  );
}
const ORDERS_BELOW = /\/resourcegroups\/[^/]+(\/providers\/microsoft\.databox\/jobs\/[^/]+)?$/i;

function covers(at: string, scope: string): boolean {
  const above = asciiLowerCase(at);
  const below = asciiLowerCase(scope);
  return above === "/" || below === above || below.startsWith(`${above}/`);
}

function matches(pattern: string, action: string): boolean {
  const parts = asciiLowerCase(pattern).split("*");
  const text = asciiLowerCase(action);
  const [first = "", ...others] = parts;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of others.slice(0, -1)) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  const last = others.at(-1);
  if (last === undefined) return text === first;
  return text.length - from >= last.length && text.endsWith(last);
}
