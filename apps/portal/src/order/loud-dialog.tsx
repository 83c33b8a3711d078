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
  MessageBar,
  MessageBarBody,
  Radio,
  RadioGroup,
  tokens,
} from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { useTexts } from "../texts/texts.ts";
import { useNodes, useOrderName } from "./use-order.ts";

const WHOLE_ORDER = "";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  danger: {
    backgroundColor: tokens.colorStatusDangerBackground3,
    color: tokens.colorNeutralForegroundOnBrand,
    ":hover": {
      backgroundColor: tokens.colorStatusDangerBackground3Hover,
      color: tokens.colorNeutralForegroundOnBrand,
    },
    ":hover:active": {
      backgroundColor: tokens.colorStatusDangerBackground3Pressed,
      color: tokens.colorNeutralForegroundOnBrand,
    },
  },
});

export type Affirmed = { readonly reason: string; readonly serial?: string };

/** Asks before something that reaches into the field: for what it covers, why, and the order's name typed by hand. */
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
  const styles = useStyles();
  const texts = useTexts();
  const { jobName } = useOrderName();
  const nodes = useNodes();
  const [serial, setSerial] = useState(WHOLE_ORDER);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const isReady = reason.trim() !== "" && typed === jobName;
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
            if (!isReady) return;
            onConfirm({
              reason: reason.trim(),
              ...(serial === WHOLE_ORDER ? {} : { serial }),
            });
            onClose();
          }}
        >
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className={styles.content}>
              <MessageBar intent="error" layout="multiline">
                <MessageBarBody>{warning}</MessageBarBody>
              </MessageBar>
              {(nodes.data?.length ?? 0) > 0 && (
                <Field label={texts.loud.covers}>
                  <RadioGroup
                    value={serial}
                    onChange={(_event, { value }) => {
                      setSerial(value);
                    }}
                  >
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
              <Field label={texts.loud.reason} required>
                <Input
                  value={reason}
                  autoComplete="off"
                  onChange={(_event, data) => {
                    setReason(data.value);
                  }}
                />
              </Field>
              <Field label={texts.loud.typeName(jobName)} required>
                <Input
                  value={typed}
                  autoComplete="off"
                  onChange={(_event, data) => {
                    setTyped(data.value);
                  }}
                />
              </Field>
            </DialogContent>
            <DialogActions>
              <Button
                type="submit"
                disabled={!isReady}
                {...(isReady ? { className: styles.danger } : {})}
              >
                {confirm}
              </Button>
              <Button onClick={onClose}>{texts.ui.close}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
