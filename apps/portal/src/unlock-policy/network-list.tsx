import { senderNetwork } from "@databox-cmk/protocol";
import { Field, Textarea } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

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
  const wrong = networks.find((each) => !senderNetwork.safeParse(each).success);
  return (
    <Field
      label={words.networks}
      hint={words.networksHint}
      {...(wrong === undefined ? {} : { validationMessage: words.noNetwork(wrong) })}
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
