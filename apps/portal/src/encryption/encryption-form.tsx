import { JOB_CALLS, type JobResource, type KeyEncryptionKeyView } from "@databox-cmk/protocol";
import { Notice } from "@databox-cmk/ui";
import { Button, makeStyles, Text } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import {
  type ChosenIdentity,
  chosenIdentityOf,
  type ChosenKey,
  chosenKeyOf,
  decideKeyChange,
  isAttached,
  isCurrent,
} from "../core/key-choice.ts";
import { useOrderChange, useOrderName } from "../order/use-order.ts";
import { AlertDialog } from "../shell/alert-dialog.tsx";
import { Radios } from "../shell/fields.tsx";
import { SaveForm } from "../shell/save-form.tsx";
import { useDraft } from "../shell/use-draft.ts";
import { useTexts } from "../texts/texts.ts";
import { ChosenKeyFacts } from "./chosen-key-facts.tsx";
import { IdentityChoice, useFirstIdentity } from "./identity-choice.tsx";
import { Preflight } from "./preflight.tsx";
import { SelectKeyPanel } from "./select-key-panel.tsx";
import { usePreflight } from "./use-preflight.ts";

const useStyles = makeStyles({
  form: { alignItems: "start", maxWidth: "820px" },
  wide: { alignSelf: "stretch" },
});

/** A customer's key and its identity, or the service's own key. */
type WantedEncryption =
  | { readonly key: ChosenKey; readonly identity: ChosenIdentity }
  | "MicrosoftManaged";

/** Makes a key current, and reads the order again. */
function useSaveEncryption(order: JobResource) {
  return useOrderChange("changeEncryption", (call, wanted: WantedEncryption) =>
    call(JOB_CALLS.patch, {
      body:
        wanted === "MicrosoftManaged"
          ? { properties: { details: { keyEncryptionKey: { kekType: "MicrosoftManaged" } } } }
          : decideKeyChange(order.identity, wanted.key, wanted.identity),
    }),
  );
}

type Choice = {
  readonly kekType: KeyEncryptionKeyView["kekType"];
  readonly key: ChosenKey | undefined;
  readonly identity: ChosenIdentity | undefined;
};

/** The encryption pane of Azure's article: encryption type, key vault and key, identity, save. */
export function EncryptionForm({
  order,
  kek,
}: {
  readonly order: JobResource;
  readonly kek: KeyEncryptionKeyView;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const save = useSaveEncryption(order);
  const firstIdentity = useFirstIdentity();
  const [{ kekType, key, identity }, edit] = useDraft<Choice>({
    kekType: kek.kekType,
    key: chosenKeyOf(kek),
    identity: chosenIdentityOf(kek) ?? firstIdentity,
  });
  const [isSelecting, setIsSelecting] = useState(false);
  const [isWarned, setIsWarned] = useState(false);
  const { subscriptionId } = useOrderName();
  const isCustomer = kekType === "CustomerManaged";
  const isFirstSwitch = isCustomer && kek.kekType === "MicrosoftManaged";
  const isSameChoice =
    kekType === kek.kekType &&
    (!isCustomer || (key && identity && isCurrent(kek, key, identity)) === true);
  // Without a version in its URL, saving the same key puts its newest version in force.
  const isFollowed = isCustomer && key?.version === "";
  // The same identity is attached again by saving it.
  const isDetached =
    isCustomer &&
    identity?.type === "UserAssigned" &&
    !isAttached(order.identity, identity.resourceId);
  const preflight = usePreflight(order, isCustomer ? key : undefined, identity);
  const isRefused = isCustomer && preflight.data?.status === "Invalid";
  const wanted: WantedEncryption | undefined = isCustomer
    ? key && identity && { key, identity }
    : "MicrosoftManaged";
  const isReady = (!isSameChoice || isFollowed || isDetached) && wanted !== undefined;
  return (
    <SaveForm
      saving={save}
      value={wanted}
      isChanged={!isSameChoice}
      isReady={isReady}
      isBlocked={isRefused}
      saved={texts.encryption.saved}
      className={styles.form}
      onSave={isFirstSwitch ? () => setIsWarned(true) : undefined}
    >
      <Radios
        label={texts.orders.encryption}
        hint={texts.encryption.intro}
        values={["MicrosoftManaged", "CustomerManaged"]}
        names={texts.encryptionTypes}
        isDisabled={{ MicrosoftManaged: kek.kekType === "CustomerManaged" }}
        value={kekType}
        onChange={(chosen) => edit({ kekType: chosen })}
      />
      {kek.kekType === "CustomerManaged" && <Text size={200}>{texts.encryption.noWayBack}</Text>}
      {isFirstSwitch && (
        <Notice intent="warning" className={styles.wide} title={texts.encryption.oneWay.title}>
          {texts.encryption.oneWay.text}
        </Notice>
      )}
      {isCustomer && (
        <>
          {key !== undefined && <ChosenKeyFacts chosen={key} />}
          <Button onClick={() => setIsSelecting(true)}>
            {key === undefined ? texts.encryption.selectKey : texts.encryption.selectOtherKey}
          </Button>
          <IdentityChoice
            order={order}
            identity={identity}
            isNeeded={kek.kekType === "CustomerManaged"}
            isUsable={preflight.data?.status === "Valid"}
            onChange={(chosen) => edit({ identity: chosen })}
          />
          {key !== undefined && identity !== undefined && !isSelecting && (
            <div className={styles.wide}>
              <Preflight order={order} chosen={key} identity={identity} />
            </div>
          )}
        </>
      )}
      {isReady && isRefused && (
        <Notice intent="info" className={styles.wide}>
          {texts.encryption.checksFailed}
        </Notice>
      )}
      {isSelecting && (
        <SelectKeyPanel
          subscriptionId={subscriptionId}
          location={order.location}
          start={key}
          check={
            identity &&
            ((chosen) => <Preflight order={order} chosen={chosen} identity={identity} />)
          }
          onSelect={(selected) => {
            edit({ key: selected });
            setIsSelecting(false);
          }}
          onClose={() => setIsSelecting(false)}
        />
      )}
      {isWarned && (
        <AlertDialog
          title={texts.encryption.oneWay.title}
          text={texts.encryption.oneWay.text}
          onDismiss={() => setIsWarned(false)}
        >
          <Button
            appearance="primary"
            onClick={() => {
              setIsWarned(false);
              if (wanted !== undefined) save.mutate(wanted);
            }}
          >
            {texts.encryption.oneWay.confirm}
          </Button>
          <Button onClick={() => setIsWarned(false)}>{texts.encryption.cancel}</Button>
        </AlertDialog>
      )}
    </SaveForm>
  );
}
