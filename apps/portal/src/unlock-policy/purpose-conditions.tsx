import { type PurposeTerms, SENDER_NETWORKS_MAX } from "@databox-cmk/protocol";
import {
  Card,
  Field,
  makeStyles,
  Switch,
  Text,
  Textarea,
  tokens,
} from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { findNetworkFault } from "../core/find-network-fault.ts";
import { type DatacenterPurpose, releaseKindOf, withPurpose } from "../core/policy-draft.ts";
import { useTexts } from "../texts/texts.ts";
import { ApprovalTerms, type PolicyPart } from "./policy-terms.tsx";
import { ReleaseWindows } from "./release-windows.tsx";

const useStyles = makeStyles({
  summary: { cursor: "pointer", paddingBlock: tokens.spacingVerticalXS },
});

/**
 * The conditions of one purpose at the datacenter, collapsed at first: those of the unlock, or its
 * own. The browser's own disclosure also opens for a reader, whose form is disabled.
 */
export function PurposeConditions({
  purpose,
  policy,
  onChange,
}: PolicyPart & { readonly purpose: DatacenterPurpose }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.unlockPolicy.purposes;
  const own = policy.purposes?.[purpose];
  const title = texts.approvals.purposes[purpose];
  const put = (terms: PurposeTerms | undefined) => onChange(withPurpose(policy, purpose, terms));
  const { windows, approvals } = policy.release;
  return (
    <details>
      <summary className={styles.summary}>
        <Text weight="semibold">{title}</Text>
        <Text>{`: ${own === undefined ? words.inherited : words.own}`}</Text>
      </summary>
      <Card role="group" aria-label={title}>
        <Switch
          checked={own !== undefined}
          label={words.useOwn}
          onChange={(_event, { checked }) => {
            put(checked ? { networks: [], windows, approvals } : undefined);
          }}
        />
        {own === undefined ? (
          <Text>
            {words.sameAsUnlock} {texts.unlockPolicy.kinds[releaseKindOf(policy.release)]}
          </Text>
        ) : (
          <>
            <NetworkList
              networks={own.networks}
              onChange={(networks) => put({ ...own, networks })}
            />
            <Text weight="semibold">{texts.unlockPolicy.windowsTitle}</Text>
            <ReleaseWindows
              windows={own.windows}
              onChange={(changed) => put({ ...own, windows: changed })}
            />
            <ApprovalTerms
              approvals={own.approvals}
              onChange={(changed) => put({ ...own, approvals: changed })}
            />
          </>
        )}
      </Card>
    </details>
  );
}

/** Addresses and networks, one per line; an invalid one is named, and not saved. */
function NetworkList({
  networks,
  onChange,
}: {
  readonly networks: readonly string[];
  readonly onChange: (networks: string[]) => void;
}): ReactElement {
  const words = useTexts().unlockPolicy.purposes;
  const [typed, setTyped] = useState(networks.join("\n"));
  // The form may take another policy while this text is shown.
  const isTyped = splitLines(typed).join() === networks.join();
  const fault = findNetworkFault(networks);
  return (
    <Field
      label={words.networks}
      hint={words.networksHint}
      validationMessage={
        fault && words.networkFaults[fault.kind](fault.network, SENDER_NETWORKS_MAX)
      }
    >
      <Textarea
        value={isTyped ? typed : networks.join("\n")}
        onChange={(_event, { value }) => {
          setTyped(value);
          onChange(splitLines(value));
        }}
      />
    </Field>
  );
}

const splitLines = (text: string): string[] => text.split(/[\s,;]+/).filter((word) => word !== "");
