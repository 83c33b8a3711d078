import type { JobDetailsView } from "@databox-cmk/protocol";
import { Time } from "@databox-cmk/ui";
import { makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import {
  CheckmarkCircleFilled,
  CircleHalfFillRegular,
  CircleRegular,
  DismissCircleFilled,
  WarningFilled,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { below, TABLET_PX } from "../shell/breakpoints.ts";
import { useTexts } from "../texts/texts.ts";

type Stage = NonNullable<JobDetailsView["jobStages"]>[number];

const useStyles = makeStyles({
  stages: {
    display: "flex",
    flexWrap: "wrap",
    rowGap: tokens.spacingVerticalM,
    listStyleType: "none",
    margin: 0,
    padding: 0,
    [below(TABLET_PX)]: { flexDirection: "column" },
  },
  stage: {
    display: "flex",
    flexDirection: "column",
    flexGrow: 1,
    flexBasis: "110px",
    gap: tokens.spacingVerticalXXS,
    borderBlockStartWidth: "3px",
    borderBlockStartStyle: "solid",
    borderBlockStartColor: tokens.colorNeutralStroke1,
    paddingBlockStart: tokens.spacingVerticalS,
    paddingInlineEnd: tokens.spacingHorizontalS,
    [below(TABLET_PX)]: {
      flexBasis: "auto",
      borderBlockStartStyle: "none",
      borderInlineStartWidth: "3px",
      borderInlineStartStyle: "solid",
      borderInlineStartColor: tokens.colorNeutralStroke1,
      paddingBlock: tokens.spacingVerticalXS,
      paddingInlineStart: tokens.spacingHorizontalM,
    },
  },
  reached: {
    borderBlockStartColor: tokens.colorBrandStroke1,
    // This selector is as specific as the colour that it replaces.
    [below(TABLET_PX)]: { borderInlineStartColor: tokens.colorBrandStroke1 },
  },
  name: { display: "flex", alignItems: "start", gap: tokens.spacingHorizontalXS },
  icon: {
    display: "flex",
    alignItems: "center",
    flexShrink: 0,
    height: tokens.lineHeightBase300,
  },
  done: { color: tokens.colorStatusSuccessForeground1 },
  going: { color: tokens.colorBrandForeground1 },
  halted: { color: tokens.colorStatusWarningForeground3 },
  failed: { color: tokens.colorPaletteRedForeground1 },
  none: { color: tokens.colorNeutralForeground3 },
});

const LOOKS = {
  done: CheckmarkCircleFilled,
  going: CircleHalfFillRegular,
  halted: WarningFilled,
  failed: DismissCircleFilled,
  none: CircleRegular,
} as const;

function lookOf({ stageStatus }: Stage): keyof typeof LOOKS {
  if (stageStatus === "None") return "none";
  if (stageStatus.startsWith("Waiting")) return "halted";
  if (stageStatus === "Succeeded") return "done";
  if (stageStatus.startsWith("Succeeded")) return "halted";
  return stageStatus === "Failed" || stageStatus.startsWith("Cancel") ? "failed" : "going";
}

/** The stages of an order from left to right; on a narrow screen from top to bottom. */
export function StageTimeline({ stages }: { readonly stages: readonly Stage[] }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  return (
    <ol className={styles.stages}>
      {stages.map((stage) => {
        const look = lookOf(stage);
        const Icon = LOOKS[look];
        return (
          <li
            key={stage.stageName}
            className={mergeClasses(styles.stage, look !== "none" && styles.reached)}
            aria-current={look === "going" || look === "halted" ? "step" : undefined}
          >
            <span className={styles.name}>
              <span className={mergeClasses(styles.icon, styles[look])} aria-hidden>
                <Icon />
              </span>
              <Text weight="semibold">{texts.stages[stage.stageName]}</Text>
            </span>
            <Text size={200}>{texts.stageStatuses[stage.stageStatus]}</Text>
            {stage.stageTime !== undefined && (
              <Text size={200}>
                <Time at={stage.stageTime} />
              </Text>
            )}
          </li>
        );
      })}
    </ol>
  );
}
