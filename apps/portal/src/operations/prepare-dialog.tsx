import { type ReactElement, useState } from "react";

import { decideSerials } from "../core/serials.ts";
import { FormDialog } from "../shell/form-dialog.tsx";
import { TextField } from "../shell/text-field.tsx";
import { useTexts } from "../texts/texts.ts";

/** Assigns devices to nodes by the serial numbers on the devices. */
export function PrepareDialog({
  nodeCount,
  onConfirm,
  onClose,
}: {
  readonly nodeCount: number;
  /** None: the service chooses them. */
  readonly onConfirm: (serials: readonly string[]) => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const words = texts.operator.prepare;
  const [typed, setTyped] = useState<readonly string[]>(
    Array.from({ length: nodeCount }, () => ""),
  );
  const decided = decideSerials(typed);
  return (
    <FormDialog
      title={words.title}
      confirm={texts.operator.operations.buttons.prepare}
      isReady={decided.ok}
      modalType="modal"
      onConfirm={() => {
        if (decided.ok) onConfirm(decided.serials);
      }}
      onClose={onClose}
    >
      {words.text}
      {typed.map((serial, index) => (
        <TextField
          key={index}
          label={nodeCount === 1 ? texts.order.serial : words.serialOf(index + 1)}
          problem={
            !decided.ok && decided.at.includes(index) ? words.problems[decided.problem] : undefined
          }
          placeholder={words.madeUp}
          value={serial}
          onChange={(value) => {
            setTyped(typed.map((each, at) => (at === index ? value : each)));
          }}
        />
      ))}
    </FormDialog>
  );
}
