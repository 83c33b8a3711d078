import type { JobResource } from "@databox-cmk/protocol";
import type { Problem } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import type { UseMutationResult } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { grantAccess, type Vault } from "../api/vaults.ts";
import { type ChosenIdentity, type ChosenKey, principalOf } from "../core/key-choice.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { useUserIdentities, useVaults } from "./use-azure.ts";

type GrantableAccess = NonNullable<ReturnType<typeof useGrant>>;

/** Grants the right on the vault, if nothing else is missing. */
export function GrantAccess(wanted: Parameters<typeof useGrant>[0]): ReactElement | null {
  const grant = useGrant(wanted);
  if (grant === undefined) return null;
  return (
    <>
      <QueryProblem error={grant.error} />
      <GrantButton grant={grant} />
    </>
  );
}

export function GrantButton({ grant }: { readonly grant: GrantableAccess }): ReactElement {
  const texts = useTexts().encryption;
  return (
    <Button
      appearance="primary"
      disabledFocusable={grant.isPending}
      onClick={() => grant.mutate(grant.to)}
    >
      {grant.isPending ? texts.granting : texts.grant}
    </Button>
  );
}

const ACCESS_REASONS: ReadonlySet<string> = new Set([
  "access-policy",
  "role",
  "access-unspecified",
]);

type Grant = { readonly vault: Vault; readonly principalId: string };

/**
 * If only a right on the vault is missing, one click grants it; the step's command does the same.
 *
 * @returns undefined while something else is the problem, or while it is not known to whom the
 * right would be granted
 */
export function useGrant({
  subscriptionId,
  assigned,
  chosen,
  identity,
  problem,
  onGranted,
}: {
  /** Subscription of the order; a vault or an identity may be in another. */
  readonly subscriptionId: string;
  /** The order's identities. */
  readonly assigned: JobResource["identity"];
  readonly chosen: ChosenKey;
  readonly identity: ChosenIdentity;
  readonly problem: Problem | undefined;
  readonly onGranted: () => void;
}): (UseMutationResult<void, Error, Grant> & { readonly to: Grant }) | undefined {
  const { client } = useSignedIn();
  const vaults = useVaults(chosen.vaultId.split("/")[2] ?? subscriptionId);
  const identities = useUserIdentities(
    identity.type === "UserAssigned"
      ? (identity.resourceId.split("/")[2] ?? subscriptionId)
      : subscriptionId,
  );
  const vault = vaults.data?.find(({ id }) => id.toLowerCase() === chosen.vaultId.toLowerCase());
  const principalId =
    principalOf(assigned, identity) ??
    (identity.type === "UserAssigned"
      ? identities.data?.find(({ id }) => id.toLowerCase() === identity.resourceId.toLowerCase())
          ?.properties.principalId
      : undefined);
  const grant = useAction("grantAccess", {
    mutationFn: async (to: Grant) => {
      await grantAccess(client, to.vault, to.principalId, () => crypto.randomUUID());
    },
    onSuccess: onGranted,
  });
  const isAccess =
    problem?.code === "SsemUserErrorKeyVaultBadRequestException" &&
    ACCESS_REASONS.has(problem.reason ?? "");
  if (!isAccess || vault === undefined || principalId === undefined) return undefined;
  return { ...grant, to: { vault, principalId } };
}
