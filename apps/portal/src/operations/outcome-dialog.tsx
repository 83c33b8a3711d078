import type { StageName } from "@databox-cmk/protocol";
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  Radio,
  RadioGroup,
  tokens,
} from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
});

/** How an order ends. @param expected - what must be typed where the end is a bad one */
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
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.operator.operations;
  const [outcome, setOutcome] = useState(outcomes[0]);
  const [typed, setTyped] = useState("");
  const isReady = expected === undefined || typed === expected;
  return (
    <Dialog
      open
      modalType="alert"
      onOpenChange={(_event, { open }) => {
        if (!open) onClose();
      }}
    >
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady && outcome !== undefined) onConfirm(outcome);
          }}
        >
          <DialogBody>
            <DialogTitle>{words.names[operation]}</DialogTitle>
            <DialogContent className={styles.content}>
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
                <Field label={words.typeName(expected)} required>
                  <Input
                    value={typed}
                    autoComplete="off"
                    onChange={(_event, { value }) => {
                      setTyped(value);
                    }}
                  />
                </Field>
              )}
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabled={!isReady}>
                {words.buttons[operation]}
              </Button>
              <Button onClick={onClose}>{texts.ui.close}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
