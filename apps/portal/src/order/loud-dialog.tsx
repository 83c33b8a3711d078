import { Notice } from "@databox-cmk/ui";
import { Field, Radio, RadioGroup } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { TextField } from "../shell/fields.tsx";
import { FormDialog } from "../shell/form-dialog.tsx";
import { useTexts } from "../texts/texts.ts";
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
  confirm,
  onConfirm,
  onClose,
}: {
  readonly title: string;
  readonly warning: string;
  readonly confirm: string;
  readonly onConfirm: (affirmed: Affirmed) => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const { jobName } = useOrderName();
  const nodes = useNodes();
  const [serial, setSerial] = useState(WHOLE_ORDER);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  return (
    <FormDialog
      title={title}
      confirm={confirm}
      isReady={reason.trim() !== "" && typed === jobName}
      isDanger
      onConfirm={() => {
        onConfirm({ reason: reason.trim(), serial: serial === WHOLE_ORDER ? undefined : serial });
        onClose();
      }}
      onClose={onClose}
    >
      <Notice intent="error">{warning}</Notice>
      {(nodes.data?.length ?? 0) > 0 && (
        <Field label={texts.loud.covers}>
          <RadioGroup value={serial} onChange={(_event, { value }) => setSerial(value)}>
            <Radio value={WHOLE_ORDER} label={texts.loud.wholeOrder} />
            {nodes.data?.map((node) => (
              <Radio
                key={node.serial}
                value={node.serial}
                label={texts.loud.oneNode(node.serial)}
              />
            ))}
          </RadioGroup>
        </Field>
      )}
      <TextField label={texts.loud.reason} isRequired value={reason} onChange={setReason} />
      <TextField
        label={texts.loud.typeName(jobName)}
        isRequired
        value={typed}
        onChange={setTyped}
      />
    </FormDialog>
  );
}
