import { type ReactElement, useState } from "react";

import { TextField } from "../shell/fields.tsx";
import { FormDialog } from "../shell/form-dialog.tsx";

/**
 * Asks for confirmation of an action that is hard to undo.
 *
 * @param expected - the text to type; without it any text, such as a reason.
 */
export function ConfirmDialog({
  title,
  text,
  label,
  expected,
  confirm,
  onConfirm,
  onClose,
}: {
  readonly title: string;
  readonly text: string;
  readonly label: string;
  readonly expected?: string;
  readonly confirm: string;
  readonly onConfirm: (typed: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [typed, setTyped] = useState("");
  return (
    <FormDialog
      title={title}
      confirm={confirm}
      isReady={expected === undefined ? typed.trim() !== "" : typed === expected}
      onConfirm={() => {
        onConfirm(typed.trim());
        onClose();
      }}
      onClose={onClose}
    >
      {text}
      <TextField label={label} isRequired value={typed} onChange={setTyped} />
    </FormDialog>
  );
}
