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

/**
 * @param what - names the copied text, for readers who do not see the button's position.
 * @param label - shown on the button, and then its name.
 */
export function CopyButton({
  value,
  what,
  label,
}: {
  readonly value: string;
} & (
  | { readonly what: string; readonly label?: undefined }
  | { readonly what?: undefined; readonly label: string }
)): ReactElement {
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
  if (label !== undefined)
    return (
      <Button
        icon={ICONS[result ?? "none"]}
        onClick={() => {
          void copy();
        }}
      >
        {result === undefined ? label : texts[result]}
      </Button>
    );
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
