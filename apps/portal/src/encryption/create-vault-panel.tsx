import { isIdentifier } from "@databox-cmk/protocol";
import { Facts, Notice } from "@databox-cmk/ui";
import { Checkbox } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { AZURE_LISTS, createResourceGroup } from "../api/azure-lists.ts";
import { ProblemError } from "../api/problem-error.ts";
import { type AccessModel, createVault, type PricingTier } from "../api/vaults.ts";
import { failureOf } from "../core/is-same.ts";
import { RETENTION_DAYS } from "../core/new-resources.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { Choice, NumberField, Radios, TextField } from "../shell/fields.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { GroupChoice, type WantedGroup } from "./group-choice.tsx";
import { useIsVaultNameTaken, useLocations } from "./use-azure.ts";

/** *Create key vault*: its details, then *Review + create*. */
export function CreateVaultPanel({
  subscriptionId,
  location,
  onCreated,
  onBack,
  onClose,
}: {
  readonly subscriptionId: string;
  /** Region of the order: the checks refuse a vault in another region. */
  readonly location: string;
  readonly onCreated: (vaultId: string) => void;
  readonly onBack: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const { client, session } = useSignedIn();
  const queryClient = useQueryClient();
  const locations = useLocations(subscriptionId);
  const [group, setGroup] = useState<WantedGroup>();
  const [name, setName] = useState("");
  const [region, setRegion] = useState(location);
  const [retentionDays, setRetentionDays] = useState<number>(RETENTION_DAYS.maximum);
  const [purgeProtection, setPurgeProtection] = useState(true);
  const [accessModel, setAccessModel] = useState<AccessModel>("roles");
  const [tier, setTier] = useState<PricingTier>("standard");
  const [isReview, setIsReview] = useState(false);
  const isNameValid = isIdentifier("vaultName", name);
  const isTaken = useIsVaultNameTaken(subscriptionId, name);
  const isReady = isNameValid && isTaken !== true && group !== undefined;
  const wanted = group && {
    group,
    vault: {
      subscriptionId,
      resourceGroup: group.name,
      name,
      location: region,
      retentionDays,
      purgeProtection,
      accessModel,
      tier,
    },
  };
  const create = useAction("createVault", {
    mutationFn: async ({ group: into, vault }: NonNullable<typeof wanted>) => {
      if (into.isNew) await createResourceGroup(client, subscriptionId, into.name, vault.location);
      return createVault(client, vault, session, () => crypto.randomUUID());
    },
    onSuccess: async (vault) => {
      await Promise.all([
        queryClient.invalidateQueries({
          queryKey: QUERY_KEYS.azure(subscriptionId, AZURE_LISTS.vaults.path),
        }),
        queryClient.invalidateQueries({
          queryKey: QUERY_KEYS.azure(subscriptionId, AZURE_LISTS.groups.path),
        }),
      ]);
      onCreated(vault.id);
    },
  });
  /** Azure's own code adds nothing to its message. */
  const failure = failureOf(create, wanted);
  const isTakenElsewhere =
    failure instanceof ProblemError && failure.problem.code === "VaultAlreadyExists";
  const createLabel = create.isPending ? texts.encryption.creating : texts.encryption.create;
  const regionName = locations.data?.find((each) => each.name === region)?.displayName ?? region;
  return (
    <SidePanel
      title={texts.encryption.createVaultTitle}
      isDirty={name !== "" || group !== undefined}
      isSaving={create.isPending}
      backKeeps={isReview}
      onBack={isReview ? () => setIsReview(false) : onBack}
      onClose={onClose}
      confirm={{
        label: isReview ? createLabel : texts.encryption.reviewAndCreate,
        isReady: isReview || isReady,
        onConfirm: () => {
          if (!isReview) setIsReview(true);
          else if (wanted !== undefined) create.mutate(wanted);
        },
      }}
      footer={null}
    >
      {isReview ? (
        <>
          <Facts
            columns={1}
            facts={[
              [texts.orders.group, group?.name],
              [texts.encryption.vaultName, name],
              [texts.encryption.region, regionName],
              [texts.encryption.tier, texts.encryption.tiers[tier]],
              [texts.encryption.softDelete, texts.encryption.enabled],
              [texts.encryption.retention, texts.encryption.days(retentionDays)],
              [
                texts.encryption.purgeProtection,
                purgeProtection ? texts.encryption.enabled : texts.encryption.disabled,
              ],
              [texts.encryption.accessModel, texts.encryption.accessModels[accessModel]],
            ]}
          />
          {isTakenElsewhere ? (
            <Notice intent="error">{texts.encryption.vaultNameTaken}</Notice>
          ) : (
            <QueryProblem error={failure} />
          )}
        </>
      ) : (
        <>
          <GroupChoice subscriptionId={subscriptionId} group={group} onChange={setGroup} />
          <TextField
            label={texts.encryption.vaultName}
            problem={
              isTaken === true
                ? texts.encryption.vaultNameTaken
                : name !== "" && !isNameValid
                  ? texts.encryption.vaultNameRule
                  : undefined
            }
            isRequired
            value={name}
            onChange={setName}
          />
          <Choice
            label={texts.encryption.region}
            value={region}
            isLoading={locations.isPending}
            options={(locations.data ?? [{ name: location }]).map((each) => ({
              value: each.name,
              name: each.displayName ?? each.name,
            }))}
            onChange={setRegion}
          />
          <Choice
            label={texts.encryption.tier}
            value={tier}
            options={(["standard", "premium"] as const).map((each) => ({
              value: each,
              name: texts.encryption.tiers[each],
            }))}
            onChange={setTier}
          />
          <Checkbox checked disabled label={texts.encryption.softDeleteAlways} />
          <NumberField
            label={texts.encryption.retention}
            value={retentionDays}
            least={RETENTION_DAYS.minimum}
            most={RETENTION_DAYS.maximum}
            onChange={setRetentionDays}
          />
          <Radios
            label={texts.encryption.accessModel}
            hint={accessModel === "roles" ? texts.encryption.rolesTakeMinutes : undefined}
            values={["roles", "policies"]}
            names={texts.encryption.accessModels}
            value={accessModel}
            onChange={setAccessModel}
          />
          <Checkbox
            checked={purgeProtection}
            label={texts.encryption.purgeProtectionLabel}
            onChange={(_event, { checked }) => setPurgeProtection(checked === true)}
          />
          {!purgeProtection && (
            <Notice intent="warning">{texts.encryption.purgeProtectionNeeded}</Notice>
          )}
        </>
      )}
    </SidePanel>
  );
}
