import type { CampaignRequest, CampaignView } from "@databox-cmk/protocol";

/** The fields of the form, as typed. */
export type CampaignForm = {
  readonly kind: "rotate" | "move";
  readonly kekUrl: string;
  readonly vaultId: string;
  readonly identity: "keep" | "system" | "user";
  readonly identityId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly keyUrl: string;
  /** Resource ids, separated by white space. */
  readonly orders: string;
  readonly description: string;
};

export const EMPTY_FORM: CampaignForm = {
  kind: "rotate",
  kekUrl: "",
  vaultId: "",
  identity: "keep",
  identityId: "",
  subscriptionId: "",
  resourceGroup: "",
  keyUrl: "",
  orders: "",
  description: "",
};

export type CampaignDecision =
  | { readonly ok: true; readonly request: CampaignRequest }
  /** Nothing is selected, nothing is changed, or an identity is chosen but not named. */
  | { readonly ok: false; readonly problem: "selector" | "action" | "identity" };

/** The request; the service checks names and addresses. */
export function decideCampaign(form: CampaignForm, dryRun: boolean): CampaignDecision {
  const orders = form.orders.split(/[\s,]+/).filter((id) => id !== "");
  const selector = {
    ...given("subscriptionId", form.subscriptionId),
    ...given("resourceGroup", form.resourceGroup),
    ...given("keyUrl", form.keyUrl),
    ...(orders.length === 0 ? {} : { orders }),
  };
  if (Object.keys(selector).length === 0) return { ok: false, problem: "selector" };
  const action = decideAction(form);
  if (typeof action === "string") return { ok: false, problem: action };
  return {
    ok: true,
    request: {
      action,
      selector,
      ...given("description", form.description),
      ...(dryRun ? { dryRun } : {}),
    },
  };
}

function decideAction(form: CampaignForm): CampaignRequest["action"] | "action" | "identity" {
  if (form.kind === "rotate") return { kind: "rotate" };
  const resourceId = form.identityId.trim();
  if (form.identity === "user" && resourceId === "") return "identity";
  const to = {
    ...given("kekUrl", form.kekUrl),
    ...given("kekVaultResourceID", form.vaultId),
    ...(form.identity === "system"
      ? { identityProperties: { type: "SystemAssigned" as const } }
      : {}),
    ...(form.identity === "user"
      ? { identityProperties: { type: "UserAssigned" as const, userAssigned: { resourceId } } }
      : {}),
  };
  return Object.keys(to).length === 0 ? "action" : { kind: "move", to };
}

/**
 * The campaign that a dry run tried.
 *
 * @param orders - those of a list, of which a campaign itself reports only the number
 */
export function realRunOf(
  { action, selector: { orders: listed, ...selector }, description }: CampaignView,
  orders: readonly string[],
): CampaignRequest {
  return {
    action,
    selector: { ...selector, ...(listed === undefined ? {} : { orders: [...orders] }) },
    ...(description === undefined ? {} : { description }),
  };
}

function given<Name extends string>(name: Name, typed: string): Partial<Record<Name, string>> {
  const value = typed.trim();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed name is a string to the compiler
  return value === "" ? {} : ({ [name]: value } as Record<Name, string>);
}
