import type { OperatorRevocationScope } from "@databox-cmk/protocol";
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

import { confirmationOf, decideScope } from "../core/revocation-scope.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  content: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
});

/** A scope, or its kind when its name is still to be typed. */
export type RevokeWhat =
  | "fleet"
  | "subscription"
  | "order"
  | Extract<OperatorRevocationScope, { order: string }>;

/** Before a kill switch is thrown: what it covers, why, and a word typed in full. */
export function RevokeDialog({
  what,
  onConfirm,
  onClose,
}: {
  readonly what: RevokeWhat;
  readonly onConfirm: (scope: OperatorRevocationScope, reason: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.operator.killSwitches;
  const [name, setName] = useState("");
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const scope = typeof what === "string" ? decideScope(what, name) : what;
  const expected = scope === undefined ? undefined : confirmationOf(scope);
  const isReady = scope !== undefined && reason.trim() !== "" && typed === expected;
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
            if (isReady) onConfirm(scope, reason.trim());
          }}
        >
          <DialogBody>
            <DialogTitle>
              {typeof what === "string" ? words.revoke[what] : words.revokeThis(what)}
            </DialogTitle>
            <DialogContent className={styles.content}>
              {words.dialogText}
              {(what === "subscription" || what === "order") && (
                <Field
                  label={what === "order" ? words.orderId : words.subscriptionId}
                  required
                  {...(name !== "" && scope === undefined
                    ? { validationMessage: words.notThat[what] }
                    : {})}
                >
                  <Input
                    value={name}
                    autoComplete="off"
                    onChange={(_event, { value }) => {
                      setName(value);
                    }}
                  />
                </Field>
              )}
              <Field label={words.reason} hint={words.reasonHint} required>
                <Input
                  value={reason}
                  maxLength={1024}
                  autoComplete="off"
                  onChange={(_event, { value }) => {
                    setReason(value);
                  }}
                />
              </Field>
              {expected !== undefined && (
                <Field label={texts.operator.operations.typeName(expected)} required>
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
                {words.revokeNow}
              </Button>
              <Button onClick={onClose}>{texts.ui.close}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
