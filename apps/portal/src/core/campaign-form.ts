import { withoutUndefined } from "@databox-cmk/errors";
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
  const selector = withoutUndefined({
    subscriptionId: given(form.subscriptionId),
    resourceGroup: given(form.resourceGroup),
    keyUrl: given(form.keyUrl),
    orders: orders.length === 0 ? undefined : orders,
  });
  if (Object.keys(selector).length === 0) return { ok: false, problem: "selector" };
  const action = decideAction(form);
  if (typeof action === "string") return { ok: false, problem: action };
  return {
    ok: true,
    request: {
      action,
      selector,
      description: given(form.description),
      dryRun: dryRun ? true : undefined,
    },
  };
}

function decideAction(form: CampaignForm): CampaignRequest["action"] | "action" | "identity" {
  if (form.kind === "rotate") return { kind: "rotate" };
  const resourceId = form.identityId.trim();
  if (form.identity === "user" && resourceId === "") return "identity";
  const to = withoutUndefined({
    kekUrl: given(form.kekUrl),
    kekVaultResourceID: given(form.vaultId),
    identityProperties: {
      keep: undefined,
      system: { type: "SystemAssigned" as const },
      user: { type: "UserAssigned" as const, userAssigned: { resourceId } },
    }[form.identity],
  });
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
    selector: { ...selector, orders: listed === undefined ? undefined : [...orders] },
    description,
  };
}

function given(typed: string): string | undefined {
  const value = typed.trim();
  return value === "" ? undefined : value;
}
