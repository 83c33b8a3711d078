import { makeStyles } from "@fluentui/react-components";
import { encodeQR } from "qr";
import { type ReactElement, useMemo } from "react";

import { useUiTexts } from "./texts/ui-texts-context.ts";

/** ISO/IEC 18004 §5.3.8: four modules of quiet zone. */
const QUIET_MODULES = 4;

const useStyles = makeStyles({
  // Black on white in every theme: scanners expect dark modules on a light ground.
  picture: {
    backgroundColor: "#fff",
    color: "#000",
    width: "100%",
    maxWidth: "420px",
    aspectRatio: "1",
    forcedColorAdjust: "none",
  },
});

/** A QR code of a text; says so when the text is too long for one. */
export function QrPicture({
  text,
  label,
}: {
  readonly text: string;
  readonly label: string;
}): ReactElement {
  const styles = useStyles();
  const texts = useUiTexts();
  const code = useMemo(() => drawCode(text), [text]);
  if (code === undefined) return <p>{texts.qr.tooLong}</p>;
  return (
    <svg
      role="img"
      aria-label={label}
      className={styles.picture}
      viewBox={`0 0 ${code.size} ${code.size}`}
      shapeRendering="crispEdges"
    >
      <path d={code.path} fill="currentColor" />
    </svg>
  );
}

/** `undefined` when the text does not fit the largest code. */
function drawCode(text: string): { size: number; path: string } | undefined {
  try {
    const rows = encodeQR(text, "raw", { ecc: "low", border: QUIET_MODULES });
    const path = rows
      .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
      .join("");
    return { size: rows.length, path };
  } catch {
    return undefined;
  }
}
