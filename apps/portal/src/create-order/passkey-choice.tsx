import { Field, Radio, RadioGroup } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { TextField } from "../shell/text-field.tsx";
import { useTexts } from "../texts/texts.ts";
import type { StepProps } from "./step.ts";

/** *Bring your own password*: the unlock key of the appliance. */
export function PasskeyChoice({ order, onChange, problemOf }: StepProps): ReactElement {
  const texts = useTexts();
  const words = texts.createOrder;
  return (
    <>
      <Field label={words.passkey}>
        <RadioGroup
          value={order.passkey}
          onChange={(_event, { value }) => {
            onChange({ passkey: value === "own" ? "own" : "generated", ownPasskey: "" });
          }}
        >
          <Radio value="generated" label={words.generated} />
          <Radio value="own" label={words.own} />
        </RadioGroup>
      </Field>
      {order.passkey === "own" && (
        <TextField
          label={texts.device.unlockKey}
          type="password"
          autoComplete="new-password"
          isRequired
          value={order.ownPasskey}
          hint={words.passkeyRule}
          problem={problemOf("passkey")}
          onChange={(ownPasskey) => {
            onChange({ ownPasskey });
          }}
        />
      )}
    </>
  );
}
