import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useUiTexts } from "./texts/ui-texts-context.ts";

const useStyles = makeStyles({
  skip: {
    position: "absolute",
    insetInlineStart: tokens.spacingHorizontalS,
    insetBlockStart: "-100px",
    zIndex: 10,
    padding: tokens.spacingHorizontalS,
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorBrandForegroundLink,
    ":focus": { insetBlockStart: tokens.spacingVerticalXS },
  },
});

/** A link to the element `content`, for a keyboard; visible while it has the focus. */
export function SkipLink(): ReactElement {
  return (
    <a href="#content" className={useStyles().skip}>
      {useUiTexts().skipToContent}
    </a>
  );
}
