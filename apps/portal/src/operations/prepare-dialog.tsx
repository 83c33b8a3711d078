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
  tokens,
} from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { decideSerials } from "../core/serials.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
});

/** Which device is which node: the serial numbers as they stand on the devices. */
export function PrepareDialog({
  nodeCount,
  onConfirm,
  onClose,
}: {
  readonly nodeCount: number;
  /** None: the service makes them up. */
  readonly onConfirm: (serials: readonly string[]) => void;
  readonly onClose: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.operator.prepare;
  const [typed, setTyped] = useState<readonly string[]>(
    Array.from({ length: nodeCount }, () => ""),
  );
  const decided = decideSerials(typed);
  return (
    <Dialog
      open
      onOpenChange={(_event, { open }) => {
        if (!open) onClose();
      }}
    >
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (decided.ok) onConfirm(decided.serials);
          }}
        >
          <DialogBody>
            <DialogTitle>{words.title}</DialogTitle>
            <DialogContent className={styles.content}>
              {words.text}
              {typed.map((serial, index) => (
                <Field
                  key={index}
                  label={nodeCount === 1 ? texts.order.serial : words.serialOf(index + 1)}
                  {...(!decided.ok && decided.at.includes(index)
                    ? { validationMessage: words.problems[decided.problem] }
                    : {})}
                >
                  <Input
                    value={serial}
                    autoComplete="off"
                    placeholder={words.madeUp}
                    onChange={(_event, { value }) => {
                      setTyped(typed.map((each, at) => (at === index ? value : each)));
                    }}
                  />
                </Field>
              ))}
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabled={!decided.ok}>
                {texts.operator.operations.buttons.prepare}
              </Button>
              <Button onClick={onClose}>{texts.ui.close}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
