import type { Custody } from "@databox-cmk/protocol";
import { Checkbox, Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { Radios } from "../shell/fields.tsx";
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
      <Radios
        label={texts.label}
        hint={obstacle ?? texts.hint}
        values={["escrow", "split"]}
        names={texts.kinds}
        isDisabled={{ escrow: isFinal, split: obstacle !== undefined }}
        value={custody.kind}
        onChange={(kind) => {
          onChange(kind === "split" ? { kind, acceptNoRecovery: false } : { kind });
        }}
      />
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
