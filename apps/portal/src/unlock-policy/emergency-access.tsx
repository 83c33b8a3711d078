import { Switch } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { releaseKindOf } from "../core/policy-draft.ts";
import { useTexts } from "../texts/texts.ts";
import type { PolicyPart } from "./policy-part.ts";

/** Emergency access to every purpose, where a condition stands in the way of any of them. */
export function EmergencyAccess({ policy, onChange }: PolicyPart): ReactElement | null {
  const texts = useTexts().unlockPolicy;
  const { release, purposes = {} } = policy;
  const all = [release, ...Object.values(purposes)];
  if (all.every((terms) => releaseKindOf(terms) === "automatic")) return null;
  return (
    <Switch
      checked={release.breakGlass}
      label={texts.breakGlass}
      onChange={(_event, { checked }) => {
        onChange({ ...policy, release: { ...release, breakGlass: checked } });
      }}
    />
  );
}
