import type { Custody } from "@databox-cmk/protocol";
import { Checkbox, Field, Radio, RadioGroup, Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { CustodyPicture } from "./custody-picture.tsx";

/**
 * Whether the service can open the appliance, too.
 *
 * @param isFinal - escrow cannot be chosen: split custody is in force, or nothing else is allowed
 * @param obstacle - why split custody cannot be chosen here
 */
export function CustodyChoice({
  custody,
  hasOwnKey,
  isFinal = false,
  obstacle,
  onChange,
}: {
  readonly custody: Custody;
  readonly hasOwnKey: boolean;
  readonly isFinal?: boolean;
  readonly obstacle?: string | undefined;
  readonly onChange: (custody: Custody) => void;
}): ReactElement {
  const texts = useTexts().custody;
  return (
    <>
      <Field label={texts.label} hint={obstacle ?? texts.hint}>
        <RadioGroup
          value={custody.kind}
          onChange={(_event, { value }) => {
            onChange(
              value === "split" ? { kind: "split", acceptNoRecovery: false } : { kind: "escrow" },
            );
          }}
        >
          <Radio value="escrow" disabled={isFinal} label={texts.kinds.escrow} />
          <Radio value="split" disabled={obstacle !== undefined} label={texts.kinds.split} />
        </RadioGroup>
      </Field>
      <CustodyPicture kind={custody.kind} hasOwnKey={hasOwnKey} />
      {custody.kind === "split" && (
        <>
          <Text>{texts.recovery}</Text>
          <Checkbox
            checked={custody.acceptNoRecovery}
            label={texts.acceptNoRecovery}
            onChange={(_event, { checked }) => {
              onChange({ kind: "split", acceptNoRecovery: checked === true });
            }}
          />
        </>
      )}
    </>
  );
}
