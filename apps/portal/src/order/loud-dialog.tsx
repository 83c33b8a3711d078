import { Notice } from "@databox-cmk/ui";
import { type ReactElement, useState } from "react";

import { Radios, TextField } from "../shell/fields.tsx";
import { FormDialog } from "../shell/form-dialog.tsx";
import { useTexts } from "../texts/texts.ts";
import { Consequences, type Loss } from "./consequences.tsx";
import { useNodes, useOrderName } from "./use-order.ts";

const WHOLE_ORDER = "";

export type Affirmed = { readonly reason: string; readonly serial?: string | undefined };

/**
 * Asks for confirmation of an action that reaches into the field: its scope, the reason, and the
 * order's name typed by hand.
 */
export function LoudDialog({
  title,
  warning,
  loss,
  confirm,
  onConfirm,
  onClose,
}: {
  readonly title: string;
  readonly warning: string;
  readonly loss: Loss;
  readonly confirm: string;
  readonly onConfirm: (affirmed: Affirmed) => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const { jobName } = useOrderName();
  const serials = (useNodes().data ?? []).map((node) => node.serial);
  const [serial, setSerial] = useState(WHOLE_ORDER);
  const affirmation = useAffirmation(jobName);
  return (
    <FormDialog
      title={title}
      confirm={confirm}
      isReady={affirmation.isGiven}
      isDanger
      onConfirm={() => {
        const { reason } = affirmation;
        onConfirm({ reason, serial: serial === WHOLE_ORDER ? undefined : serial });
        onClose();
      }}
      onClose={onClose}
    >
      <Notice intent="error">{warning}</Notice>
      {serials.length > 0 && (
        <Radios
          label={texts.loud.covers}
          values={[WHOLE_ORDER, ...serials]}
          names={{
            ...Object.fromEntries(serials.map((each) => [each, texts.loud.oneNode(each)])),
            [WHOLE_ORDER]: texts.loud.wholeOrder,
          }}
          value={serial}
          onChange={setSerial}
        />
      )}
      <Consequences of={loss} serial={serial === WHOLE_ORDER ? undefined : serial} />
      {affirmation.fields}
    </FormDialog>
  );
}

/**
 * A reason, and a text typed by hand, before an action that reaches into the field.
 *
 * @param expected - the text to type; `undefined`: not known yet
 * @param hint - of the reason
 */
export function useAffirmation(expected: string | undefined, hint?: string) {
  const words = useTexts().loud;
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  return {
    reason: reason.trim(),
    isGiven: reason.trim() !== "" && typed === expected,
    isFilled: reason !== "" || typed !== "",
    fields: (
      <>
        <TextField
          label={words.reason}
          hint={hint}
          isRequired
          maxLength={1024}
          value={reason}
          onChange={setReason}
        />
        {expected !== undefined && (
          <TextField
            label={words.typeName(expected)}
            isRequired
            value={typed}
            onChange={setTyped}
          />
        )}
      </>
    ),
  };
}
