import {
  BACKUP_KEY_CALLS,
  BACKUP_KEY_NAME,
  type BackupKeyWrite,
  type JobResource,
} from "@databox-cmk/protocol";
import { Button, Spinner } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { failureOf } from "../core/is-same.ts";
import { type ChosenKey, renderKey } from "../core/key-choice.ts";
import { parsePublicKey } from "../core/parse-public-key.ts";
import { custodyOf } from "../core/policy-draft.ts";
import { ChosenKeyFacts } from "../encryption/chosen-key-facts.tsx";
import { IdentityChoice, useFirstIdentity } from "../encryption/identity-choice.tsx";
import { Preflight } from "../encryption/preflight.tsx";
import { SelectKeyPanel } from "../encryption/select-key-panel.tsx";
import { useReturnFocus } from "../focus/focus.ts";
import { useOrderChange, useOrderName, useUnlockPolicy } from "../order/use-order.ts";
import { Radios, TextField } from "../shell/fields.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";
import { RecoveryKeyInput } from "./recovery-key-input.tsx";

/** A key in another vault, or the public half of one that only the customer has. */
export function AddBackupPanel({
  order,
  takenNames,
  onClose,
}: {
  readonly order: JobResource;
  readonly takenNames: readonly string[];
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  useReturnFocus();
  const orderName = useOrderName();
  const { data: policy } = useUnlockPolicy();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<BackupKeyWrite["kind"]>("Vault");
  const [key, setKey] = useState<ChosenKey>();
  const [identity, setIdentity] = useState(useFirstIdentity());
  const [isSelecting, setIsSelecting] = useState(false);
  const [publicKey, setPublicKey] = useState("");
  const adding = useOrderChange(
    "addBackup",
    (call, added: { readonly name: string; readonly key: BackupKeyWrite }) => {
      const params = { backupKey: added.name };
      return call(BACKUP_KEY_CALLS.write, { params, body: added.key, createOnly: true });
    },
    { onRead: onClose },
  );
  const backup =
    kind === "Vault"
      ? key && identity && { kind, ...renderKey(key, identity) }
      : recoveryKeyOf(publicKey);
  const isTaken = takenNames.includes(name.toLowerCase());
  const isNamed = BACKUP_KEY_NAME.test(name) && !isTaken;
  const wanted = isNamed && backup !== undefined ? { name, key: backup } : undefined;

  if (isSelecting)
    return (
      <SelectKeyPanel
        subscriptionId={orderName.subscriptionId}
        location={order.location}
        start={key}
        check={
          identity && ((chosen) => <Preflight order={order} chosen={chosen} identity={identity} />)
        }
        onSelect={(selected) => {
          setKey(selected);
          setIsSelecting(false);
        }}
        onClose={() => setIsSelecting(false)}
      />
    );
  return (
    <SidePanel
      title={texts.backupKeys.add}
      isDirty={name !== "" || key !== undefined || publicKey !== ""}
      isSaving={adding.isPending}
      onClose={onClose}
      footer={
        <>
          <Button
            appearance="primary"
            disabled={wanted === undefined}
            disabledFocusable={adding.isPending}
            icon={adding.isPending ? <Spinner size="tiny" aria-hidden /> : undefined}
            onClick={() => {
              if (wanted !== undefined) adding.mutate(wanted);
            }}
          >
            {adding.isPending ? texts.backupKeys.adding : texts.backupKeys.addNow}
          </Button>
          <Button onClick={onClose}>{texts.encryption.cancel}</Button>
        </>
      }
    >
      <TextField
        label={texts.backupKeys.name}
        hint={texts.backupKeys.nameRule}
        problem={
          isTaken
            ? texts.backupKeys.nameTaken
            : name === "" || isNamed
              ? undefined
              : texts.backupKeys.nameRule
        }
        isRequired
        value={name}
        onChange={setName}
      />
      <Radios
        label={texts.backupKeys.kind}
        values={["Vault", "RecoveryKey"]}
        names={texts.backupKeys.kinds}
        value={kind}
        onChange={setKind}
      />
      {kind === "Vault" ? (
        <>
          {key !== undefined && <ChosenKeyFacts chosen={key} />}
          <Button onClick={() => setIsSelecting(true)}>
            {key === undefined ? texts.encryption.selectKey : texts.encryption.selectOtherKey}
          </Button>
          <IdentityChoice
            order={order}
            identity={identity}
            isNeeded={false}
            onChange={setIdentity}
          />
        </>
      ) : (
        <RecoveryKeyInput
          fileName={`recovery-${orderName.jobName}.pem`}
          canMake={policy !== undefined && custodyOf(policy.value).kind === "escrow"}
          value={publicKey}
          onChange={setPublicKey}
        />
      )}
      <QueryProblem error={failureOf(adding, wanted)} />
    </SidePanel>
  );
}

function recoveryKeyOf(text: string): BackupKeyWrite | undefined {
  const parsed = parsePublicKey(text);
  return "publicKey" in parsed ? { kind: "RecoveryKey", publicKey: parsed.publicKey } : undefined;
}
