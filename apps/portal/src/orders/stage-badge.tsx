import type { StageName, StageStatus } from "@databox-cmk/protocol";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  stage: { display: "flex", flexDirection: "column" },
  halted: { color: tokens.colorPaletteRedForeground1 },
});

/** A stage, with the reason of a delay below it. */
export function StageBadge({
  stage,
  status,
}: {
  readonly stage: StageName;
  readonly status: StageStatus;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const isHalted = status.startsWith("Waiting");
  return (
    <span className={styles.stage}>
      {texts.stages[stage]}
      {isHalted && (
        <Text size={200} className={styles.halted}>
          {texts.stageStatuses[status]}
        </Text>
      )}
    </span>
  );
}
