import { Button, Tooltip } from "@fluentui/react-components";
import { CheckmarkRegular, CopyRegular } from "@fluentui/react-icons";
import { type ReactElement, useEffect, useState } from "react";

import { useUiTexts } from "./texts/ui-texts-context.ts";

const SHOWN_FOR_MS = 2000;

/** @param what - names the copied text, for readers who do not see the button's position. */
export function CopyButton({
  value,
  what,
}: {
  readonly value: string;
  readonly what: string;
}): ReactElement {
  const texts = useUiTexts();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <Tooltip content={copied ? texts.copied : texts.copyWhat(what)} relationship="label">
      <Button
        appearance="subtle"
        size="small"
        icon={copied ? <CheckmarkRegular /> : <CopyRegular />}
        onClick={() => {
          void copy();
        }}
      />
    </Tooltip>
  );
}
