import { Notice, Section } from "@databox-cmk/ui";
import { Button, Checkbox, Field, Text } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { isSplit } from "../core/new-order.ts";
import { CustodyChoice } from "../custody/custody-choice.tsx";
import { ChosenKeyFacts } from "../encryption/chosen-key-facts.tsx";
import { SelectIdentityPanel } from "../encryption/select-identity-panel.tsx";
import { SelectKeyPanel } from "../encryption/select-key-panel.tsx";
import { Radios, TextField } from "../shell/fields.tsx";
import { useTexts } from "../texts/texts.ts";
import type { StepProps } from "./step.ts";

/**
 * *Security*: the key that encrypts the unlock key, its custody, the passkey, and double encryption
 * of the data.
 */
export function SecurityStep(props: StepProps): ReactElement {
  const { order, onChange, problemOf, isSplitOnly } = props;
  const texts = useTexts();
  const words = texts.createOrder;
  const forbidden = problemOf("custody");
  const hasOwnKey = order.kekType === "CustomerManaged";
  return (
    <>
      <Section title={texts.orders.encryption}>
        <KeyChoice {...props} />
      </Section>
      <Section title={texts.custody.title}>
        {isSplitOnly && <Text>{texts.custody.splitOnly}</Text>}
        <CustodyChoice
          custody={isSplitOnly || isSplit(order) ? order.custody : { kind: "escrow" }}
          hasOwnKey={hasOwnKey}
          isFinal={isSplitOnly}
          obstacle={hasOwnKey ? undefined : texts.custody.needsOwnKey}
          onChange={(custody) => onChange({ custody })}
        />
        {forbidden !== undefined && <Field validationMessage={forbidden} />}
      </Section>
      <Section title={words.passkeyTitle}>
        {isSplit(order) ? (
          <Text>{texts.custody.noPasskey}</Text>
        ) : order.transferType === "ImportToAzure" ? (
          <PasskeyChoice {...props} />
        ) : (
          <Text>{words.noExportPasskey}</Text>
        )}
      </Section>
      <Section title={words.doubleTitle}>
        <Field hint={words.doubleHint}>
          <Checkbox
            label={words.double}
            checked={order.doubleEncryption}
            onChange={(_event, { checked }) => onChange({ doubleEncryption: checked === true })}
          />
        </Field>
      </Section>
    </>
  );
}

function KeyChoice({ order, onChange, problemOf }: StepProps): ReactElement {
  const texts = useTexts();
  const [isSelecting, setIsSelecting] = useState<"key" | "identity">();
  const { kekType, key, identityId, subscriptionId, location } = order;
  const close = () => setIsSelecting(undefined);
  return (
    <>
      <Radios
        label={texts.orders.encryption}
        hint={texts.encryption.intro}
        values={["MicrosoftManaged", "CustomerManaged"]}
        names={texts.encryptionTypes}
        value={kekType}
        onChange={(chosen) => onChange({ kekType: chosen })}
      />
      {kekType === "CustomerManaged" && (
        <>
          <Notice intent="warning" title={texts.encryption.oneWay.title}>
            {texts.encryption.oneWay.text}
          </Notice>
          {key !== undefined && <ChosenKeyFacts chosen={key} />}
          <Opener
            label={key === undefined ? texts.encryption.selectKey : texts.encryption.selectOtherKey}
            problem={problemOf("key")}
            onOpen={() => setIsSelecting("key")}
          />
          {identityId !== undefined && <Text>{identityId.split("/").at(-1)}</Text>}
          <Opener
            label={
              identityId === undefined
                ? texts.encryption.selectIdentity
                : texts.encryption.selectOtherIdentity
            }
            hint={texts.createOrder.identityHint}
            problem={problemOf("identity")}
            onOpen={() => setIsSelecting("identity")}
          />
        </>
      )}
      {isSelecting === "key" && (
        <SelectKeyPanel
          subscriptionId={subscriptionId}
          location={location}
          start={key}
          onSelect={(selected) => {
            onChange({ key: selected });
            close();
          }}
          onClose={close}
        />
      )}
      {isSelecting === "identity" && (
        <SelectIdentityPanel
          subscriptionId={subscriptionId}
          start={identityId}
          onSelect={(selected) => {
            onChange({ identityId: selected });
            close();
          }}
          onClose={close}
        />
      )}
    </>
  );
}

function Opener({
  label,
  hint,
  problem,
  onOpen,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly problem: string | undefined;
  readonly onOpen: () => void;
}): ReactElement {
  return (
    <Field hint={hint} validationMessage={problem}>
      {/* A field gives its control its own width. */}
      <div>
        <Button onClick={onOpen}>{label}</Button>
      </div>
    </Field>
  );
}

/** *Bring your own password*: the unlock key of the appliance. */
function PasskeyChoice({ order, onChange, problemOf }: StepProps): ReactElement {
  const texts = useTexts();
  const words = texts.createOrder;
  return (
    <>
      <Radios
        label={words.passkey}
        values={["generated", "own"]}
        names={words}
        value={order.passkey}
        onChange={(passkey) => onChange({ passkey, ownPasskey: "" })}
      />
      {order.passkey === "own" && (
        <TextField
          label={texts.device.unlockKey}
          type="password"
          autoComplete="new-password"
          isRequired
          value={order.ownPasskey}
          hint={words.passkeyRule}
          problem={problemOf("passkey")}
          onChange={(ownPasskey) => onChange({ ownPasskey })}
        />
      )}
    </>
  );
}
