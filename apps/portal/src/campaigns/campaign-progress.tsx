import type { CampaignView } from "@databox-cmk/protocol";
import { formatRelative, useLanguage } from "@databox-cmk/ui";
import { makeStyles, ProgressBar, Text, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  progress: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    maxWidth: "820px",
  },
});

/** A campaign's progress, speed and remaining time. */
export function CampaignProgress({ campaign }: { readonly campaign: CampaignView }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { language } = useLanguage();
  const words = texts.operator.campaigns;
  const { progress, estimate, state } = campaign;
  const now = new Date();
  return (
    <div className={styles.progress}>
      <ProgressBar
        thickness="large"
        aria-label={words.progress}
        max={progress.total}
        value={progress.done + progress.failed}
        color={progress.failed > 0 ? "warning" : state === "Done" ? "success" : "brand"}
      />
      <Text role="status">{words.counts(progress)}</Text>
      {estimate !== undefined && (
        <Text>
          {words.estimate(
            new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(
              estimate.ordersPerSecond,
            ),
            formatRelative(new Date(now.getTime() + estimate.secondsLeft * 1000), now, language),
          )}
        </Text>
      )}
    </div>
  );
}
