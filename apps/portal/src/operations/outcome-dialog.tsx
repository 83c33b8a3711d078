import type { StageName } from "@databox-cmk/protocol";
import { Field, Radio, RadioGroup } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { FormDialog } from "../shell/form-dialog.tsx";
import { TextField } from "../shell/text-field.tsx";
import { useTexts } from "../texts/texts.ts";

/** How an order ends. @param expected - the text to type for a bad end */
export function OutcomeDialog({
  operation,
  outcomes,
  expected,
  onConfirm,
  onClose,
}: {
  readonly operation: "complete" | "fail";
  readonly outcomes: readonly StageName[];
  readonly expected?: string;
  readonly onConfirm: (outcome: StageName) => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const words = texts.operator.operations;
  const [outcome, setOutcome] = useState(outcomes[0]);
  const [typed, setTyped] = useState("");
  return (
    <FormDialog
      title={words.names[operation]}
      confirm={words.buttons[operation]}
      isReady={expected === undefined || typed === expected}
      onConfirm={() => {
        if (outcome !== undefined) onConfirm(outcome);
      }}
      onClose={onClose}
    >
      {words.endText}
      <Field label={words.outcome}>
        <RadioGroup
          value={outcome ?? ""}
          onChange={(_event, { value }) => {
            setOutcome(outcomes.find((each) => each === value));
          }}
        >
          {outcomes.map((each) => (
            <Radio key={each} value={each} label={texts.stages[each]} />
          ))}
        </RadioGroup>
      </Field>
      {expected !== undefined && (
        <TextField label={words.typeName(expected)} isRequired value={typed} onChange={setTyped} />
      )}
    </FormDialog>
  );
}
