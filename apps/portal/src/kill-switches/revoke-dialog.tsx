import type { OperatorRevocationScope } from "@databox-cmk/protocol";
import { type ReactElement, useState } from "react";

import { confirmationOf, decideScope } from "../core/revocation-scope.ts";
import { FormDialog } from "../shell/form-dialog.tsx";
import { TextField } from "../shell/text-field.tsx";
import { useTexts } from "../texts/texts.ts";

/** A scope, or its kind while its name is still to be typed. */
export type RevokeWhat =
  | "fleet"
  | "subscription"
  | "order"
  | Extract<OperatorRevocationScope, { order: string }>;

/** Shown before a kill switch is activated: its scope, the reason, and a word typed in full. */
export function RevokeDialog({
  what,
  onConfirm,
  onClose,
}: {
  readonly what: RevokeWhat;
  readonly onConfirm: (scope: OperatorRevocationScope, reason: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const words = texts.operator.killSwitches;
  const [name, setName] = useState("");
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const scope = typeof what === "string" ? decideScope(what, name) : what;
  const expected = scope === undefined ? undefined : confirmationOf(scope);
  return (
    <FormDialog
      title={typeof what === "string" ? words.revoke[what] : words.revokeThis(what)}
      confirm={words.revokeNow}
      isReady={reason.trim() !== "" && typed === expected}
      onConfirm={() => {
        if (scope !== undefined) onConfirm(scope, reason.trim());
      }}
      onClose={onClose}
    >
      {words.dialogText}
      {(what === "subscription" || what === "order") && (
        <TextField
          label={what === "order" ? words.orderId : words.subscriptionId}
          isRequired
          problem={name !== "" && scope === undefined ? words.notThat[what] : undefined}
          value={name}
          onChange={setName}
        />
      )}
      <TextField
        label={words.reason}
        hint={words.reasonHint}
        isRequired
        maxLength={1024}
        value={reason}
        onChange={setReason}
      />
      {expected !== undefined && (
        <TextField
          label={texts.operator.operations.typeName(expected)}
          isRequired
          value={typed}
          onChange={setTyped}
        />
      )}
    </FormDialog>
  );
}
