import { Button, Tooltip } from "@fluentui/react-components";
import { CheckmarkRegular, CopyRegular, WarningRegular } from "@fluentui/react-icons";
import { type ReactElement, useEffect, useState } from "react";

import { useUiTexts } from "./texts/ui-texts-context.ts";

const SHOWN_FOR_MS = 2000;
const ICONS = {
  none: <CopyRegular />,
  copied: <CheckmarkRegular />,
  notCopied: <WarningRegular />,
};

/** @param what - names the copied text, for readers who do not see the button's position. */
export function CopyButton({
  value,
  what,
}: {
  readonly value: string;
  readonly what: string;
}): ReactElement {
  const texts = useUiTexts();
  const [result, setResult] = useState<"copied" | "notCopied">();
  useEffect(() => {
    if (result === undefined) return;
    const timer = setTimeout(() => setResult(undefined), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setResult("copied");
    } catch {
      setResult("notCopied"); // The browser or its administrator forbids it.
    }
  };
  return (
    <Tooltip
      content={result === undefined ? texts.copyWhat(what) : texts[result]}
      relationship="label"
    >
      <Button
        appearance="subtle"
        size="small"
        icon={ICONS[result ?? "none"]}
        onClick={() => {
          void copy();
        }}
      />
    </Tooltip>
  );
}
