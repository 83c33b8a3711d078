import { Button, Link } from "@fluentui/react-components";
import { type ReactElement, useRef, useState } from "react";

import type { KeyVersion } from "../api/vault-keys.ts";
import type { ChosenKey } from "../core/key-choice.ts";
import { useReturnFocus } from "../focus/focus.ts";
import { SubscriptionChoice } from "../orders/subscription-choice.tsx";
import { Choice } from "../shell/fields.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";
import { CreateKeyPanel } from "./create-key-panel.tsx";
import { CreateVaultPanel } from "./create-vault-panel.tsx";
import { useKeys, useKeyVersions, useVaults } from "./use-azure.ts";

type View = "select" | "vault" | "key" | "version";

/**
 * *Select key from Azure Key Vault*: subscription, key vault, key, version, each with *Create new*.
 */
export function SelectKeyPanel({
  subscriptionId: first,
  location,
  start,
  check,
  onSelect,
  onClose,
}: {
  /** The subscription that the panel starts with. */
  readonly subscriptionId: string;
  /** Region of the order: a vault in another region is refused. */
  readonly location: string;
  readonly start: ChosenKey | undefined;
  /** Facts about a key before it is selected. */
  readonly check?: ((chosen: ChosenKey) => ReactElement) | undefined;
  readonly onSelect: (key: ChosenKey) => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  // The views below are panels of their own, whose openers go with this one.
  useReturnFocus();
  const [view, setView] = useState<View>("select");
  const [subscriptionId, setSubscriptionId] = useState(start?.vaultId.split("/")[2] ?? first);
  const [vaultId, setVaultId] = useState(start?.vaultId);
  const [keyName, setKeyName] = useState(start?.keyName);
  const [version, setVersion] = useState(start?.version);
  const vaults = useVaults(subscriptionId);
  const vault = vaults.data?.find(({ id }) => id.toLowerCase() === vaultId?.toLowerCase());
  const vaultUri = vault?.properties.vaultUri;
  const keys = useKeys(vaultUri);
  const versions = useKeyVersions(vaultUri, keyName ?? "");
  const chosen: ChosenKey | undefined =
    vault === undefined || keyName === undefined || version === undefined
      ? undefined
      : {
          vaultId: vault.id,
          vaultName: vault.name,
          vaultUri: vault.properties.vaultUri,
          keyName,
          version,
        };
  const chooseVault = (id: string) => {
    setVaultId(id);
    setKeyName(undefined);
    setVersion(undefined);
  };
  const chooseKey = (key: string, keyVersion?: string) => {
    setKeyName(key);
    setVersion(keyVersion);
  };
  const links = useRef(new Map<View, HTMLElement>());
  const back = () => {
    const opener = view;
    setView("select");
    // After the panel has given the focus to its first control.
    setTimeout(() => links.current.get(opener)?.focus());
  };

  if (view === "vault")
    return (
      <CreateVaultPanel
        subscriptionId={subscriptionId}
        location={location}
        onCreated={(id) => {
          chooseVault(id);
          back();
        }}
        onBack={back}
        onClose={onClose}
      />
    );
  if (view !== "select" && vaultUri !== undefined)
    return (
      <CreateKeyPanel
        vaultUri={vaultUri}
        keyName={view === "version" ? keyName : undefined}
        onCreated={(key, made) => {
          chooseKey(key, made);
          back();
        }}
        onBack={back}
        onClose={onClose}
      />
    );
  const createNew = (what: Exclude<View, "select">, label: string) => (
    <Link
      as="button"
      ref={(element: HTMLElement | null) => {
        if (element !== null) links.current.set(what, element);
      }}
      onClick={() => setView(what)}
    >
      {label}
    </Link>
  );
  const error = vaults.error ?? keys.error ?? versions.error;
  return (
    <SidePanel
      title={texts.encryption.selectKeyTitle}
      onClose={onClose}
      confirm={{
        label: texts.encryption.select,
        isReady: chosen !== undefined,
        onConfirm: () => {
          if (chosen !== undefined) onSelect(chosen);
        },
      }}
      footer={<Button onClick={onClose}>{texts.encryption.cancel}</Button>}
    >
      <SubscriptionChoice
        value={subscriptionId}
        onChange={(id) => {
          setSubscriptionId(id);
          setVaultId(undefined);
          setKeyName(undefined);
          setVersion(undefined);
        }}
      />
      <Choice
        label={texts.keyChain.parts.vault}
        value={vault?.id}
        isLoading={vaults.isPending}
        options={(vaults.data ?? []).map(({ id, name: vaultName, location: at }) => ({
          value: id,
          name: `${vaultName} (${at})`,
        }))}
        onChange={chooseVault}
        extra={createNew("vault", texts.encryption.createVault)}
      />
      {vault !== undefined && (
        <Choice
          label={texts.keyChain.parts.key}
          value={keyName}
          isLoading={keys.isPending}
          options={(keys.data ?? []).map((key) => ({ value: key.name, name: key.name }))}
          onChange={(key) => chooseKey(key)}
          extra={createNew("key", texts.encryption.createKey)}
        />
      )}
      {keyName !== undefined && (
        <Choice
          label={texts.keyChain.parts.version}
          value={version}
          isLoading={versions.isPending}
          options={[
            ...(versions.data ?? []).map((each) => ({
              value: each.version,
              name: versionName(each, texts.encryption.disabledVersion),
            })),
            { value: "", name: texts.encryption.followsNewest },
          ]}
          onChange={setVersion}
          extra={createNew("version", texts.encryption.createVersion)}
        />
      )}
      <QueryProblem error={error} />
      {chosen !== undefined && check?.(chosen)}
    </SidePanel>
  );
}

/** A version in a list: its digits, and whether it is disabled. */
function versionName({ version, isEnabled }: KeyVersion, disabled: string): string {
  return isEnabled ? version : `${version} (${disabled})`;
}
