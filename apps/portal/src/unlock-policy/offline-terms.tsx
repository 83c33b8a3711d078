import { POLICY_BOUNDS } from "@databox-cmk/protocol";
import { Switch } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { minutesOf, NumberField } from "../shell/number-field.tsx";
import { Radios } from "../shell/radios.tsx";
import { useTexts } from "../texts/texts.ts";
import type { PolicyPart } from "./policy-part.ts";

const MINUTE_SECONDS = 60;
const FIRST_SECONDS = 86_400;

/** Whether a node without network can be unlocked by challenge and answer, and for how long. */
export function OfflineTerms({ policy, onChange }: PolicyPart): ReactElement {
  const texts = useTexts().unlockPolicy;
  const { allowed, lease } = policy.offline;
  return (
    <>
      <Switch
        checked={allowed}
        label={texts.offlineAllowed}
        onChange={(_event, { checked }) => {
          onChange({ ...policy, offline: { ...policy.offline, allowed: checked } });
        }}
      />
      {allowed && (
        <>
          <Radios
            label={texts.offlineLease}
            values={["duration", "boots"]}
            names={texts.leaseKinds}
            value={lease.kind}
            onChange={(kind) => {
              onChange({
                ...policy,
                offline: {
                  allowed,
                  lease: kind === "boots" ? { kind, boots: 1 } : { kind, seconds: FIRST_SECONDS },
                },
              });
            }}
          />
          {lease.kind === "duration" ? (
            <NumberField
              label={texts.leaseMinutes}
              value={Math.round(lease.seconds / MINUTE_SECONDS)}
              {...minutesOf(POLICY_BOUNDS.offlineSeconds)}
              onChange={(minutes) => {
                onChange({
                  ...policy,
                  offline: {
                    allowed,
                    lease: { kind: "duration", seconds: minutes * MINUTE_SECONDS },
                  },
                });
              }}
            />
          ) : (
            <NumberField
              label={texts.leaseBoots}
              value={lease.boots}
              {...POLICY_BOUNDS.offlineBoots}
              onChange={(boots) => {
                onChange({
                  ...policy,
                  offline: { allowed, lease: { kind: "boots", boots } },
                });
              }}
            />
          )}
        </>
      )}
    </>
  );
}
