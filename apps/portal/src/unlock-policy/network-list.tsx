import { SENDER_NETWORKS_MAX } from "@databox-cmk/protocol";
import { Field, Textarea } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { findNetworkFault } from "../core/find-network-fault.ts";
import { useTexts } from "../texts/texts.ts";

/** Addresses and networks, one per line; an invalid one is named, and not saved. */
export function NetworkList({
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
