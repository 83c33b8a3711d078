import { Checkbox, Field, Radio, RadioGroup, Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { custodyOf } from "../core/policy-draft.ts";
import { useTexts } from "../texts/texts.ts";
import type { PolicyPart } from "./policy-part.ts";

/**
 * Whether the service can open the appliance, too.
 *
 * @param isSplit - the policy in force says so: there is no way back
 */
export function CustodyTerms({
  policy,
  isSplit,
  onChange,
}: PolicyPart & { readonly isSplit: boolean }): ReactElement {
  const texts = useTexts().unlockPolicy.custody;
  const custody = custodyOf(policy);
  return (
    <>
      <Field label={texts.label} hint={texts.hint}>
        <RadioGroup
          value={custody.kind}
          onChange={(_event, { value }) => {
            onChange({
              ...policy,
              custody:
                value === "split" ? { kind: "split", acceptNoRecovery: false } : { kind: "escrow" },
            });
          }}
        >
          <Radio value="escrow" disabled={isSplit} label={texts.kinds.escrow} />
          <Radio value="split" label={texts.kinds.split} />
        </RadioGroup>
      </Field>
      {custody.kind === "split" && (
        <>
          <Text>{texts.recovery}</Text>
          <Checkbox
            checked={custody.acceptNoRecovery}
            label={texts.acceptNoRecovery}
            onChange={(_event, { checked }) => {
              onChange({
                ...policy,
                custody: { kind: "split", acceptNoRecovery: checked === true },
              });
            }}
          />
        </>
      )}
    </>
  );
}
