import { Switch } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { Radios } from "../shell/radios.tsx";
import { useTexts } from "../texts/texts.ts";
import { NumberField } from "./number-field.tsx";
import type { PolicyPart } from "./policy-part.ts";

const MINUTE_SECONDS = 60;
const FIRST_SECONDS = 86_400;
const LEAST_MINUTES = 5;
const MOST_MINUTES = 30 * 24 * 60;
const MOST_BOOTS = 20;

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
              least={LEAST_MINUTES}
              most={MOST_MINUTES}
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
              least={1}
              most={MOST_BOOTS}
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
