import { KEY_HEALTH_CALLS, type KeyHealthView } from "@databox-cmk/protocol";
import { useLanguage } from "@databox-cmk/ui";
import { Button, makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { ArrowClockwiseRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { durationText } from "../core/relative-age.ts";
import { OfferedTo } from "../order/read-only.tsx";
import { useOrderChange } from "../order/use-order.ts";
import { Age } from "../shell/age.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  line: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXS,
  },
});

/** How old the shown state is, how often it is renewed, and the button that renews it. */
export function CheckNow({ health }: { readonly health: KeyHealthView }): ReactElement {
  const styles = useStyles();
  const texts = useTexts().keyHealth;
  const { language } = useLanguage();
  const checking = useOrderChange("checkKey", (call) => call(KEY_HEALTH_CALLS.check));
  const { checkedAt, checkIntervalSeconds } = health;
  return (
    <>
      <div className={styles.line}>
        <Text>
          {checkedAt === undefined ? (
            texts.notChecked
          ) : (
            <>
              {texts.checkedAgo} <Age since={checkedAt} />.
            </>
          )}{" "}
          {checkIntervalSeconds !== undefined &&
            texts.checkedEvery(durationText(checkIntervalSeconds, language))}
        </Text>
        <OfferedTo action="checkKeyHealth">
          <Button
            icon={checking.isPending ? <Spinner size="tiny" /> : <ArrowClockwiseRegular />}
            disabledFocusable={checking.isPending}
            onClick={() => checking.mutate()}
          >
            {checking.isPending ? texts.checking : texts.checkNow}
          </Button>
        </OfferedTo>
      </div>
      <QueryProblem error={checking.error} />
    </>
  );
}
