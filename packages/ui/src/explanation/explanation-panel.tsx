import {
  Badge,
  makeStyles,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  Text,
  tokens,
} from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { CopyButton } from "../copy-button.tsx";
import { useUiTexts } from "../texts/ui-texts-context.ts";
import { FailureText } from "./failure-text.tsx";
import type { Problem } from "./problem.ts";
import { StepList } from "./step-list.tsx";

const useStyles = makeStyles({
  bar: { alignItems: "start", paddingBlock: tokens.spacingVerticalS },
  body: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    minWidth: 0,
    whiteSpace: "normal",
    overflowWrap: "anywhere",
  },
  title: { display: "block" },
  actions: { flexWrap: "wrap", rowGap: tokens.spacingVerticalS },
  facts: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
  },
  code: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: "anywhere", height: "auto" },
});

/** A problem: its cause, who must act, and the steps with their commands to copy. */
export function ExplanationPanel({
  problem,
  actions,
  controlOf,
  isStepFolded = false,
}: {
  readonly problem: Problem;
  readonly actions?: ReactNode;
  /** The steps by hand are folded: one of the actions takes them. */
  readonly isStepFolded?: boolean;
  /** The page's own control for the command of a step; undefined: the command is shown. */
  readonly controlOf?: (command: string) => ReactNode;
}): ReactElement {
  const styles = useStyles();
  const texts = useUiTexts();
  const { reason, requestId, ask } = problem;
  const steps = problem.steps.length > 0 && (
    <StepList steps={problem.steps} controlOf={controlOf} />
  );
  return (
    <MessageBar
      intent={problem.class === "unreachable" || problem.class === "pending" ? "warning" : "error"}
      layout="multiline"
      className={styles.bar}
    >
      <MessageBarBody className={styles.body}>
        <div>
          <MessageBarTitle className={styles.title}>
            <FailureText text={problem.title} />
          </MessageBarTitle>
          <FailureText text={problem.message} />
          {ask !== undefined && (
            <Text weight="semibold" block>
              <FailureText text={ask} />
            </Text>
          )}
        </div>
        <div className={styles.facts}>
          <Text weight="semibold">{`${texts.explanation.whoActs}: ${texts.who[problem.who]}`}</Text>
          <Badge appearance="outline" color="informative" className={styles.code}>
            {reason === undefined ? problem.code : `${problem.code} · ${reason}`}
          </Badge>
          <CopyButton value={problem.code} what={texts.explanation.code} />
        </div>
        {isStepFolded ? (
          <details>
            <summary>{texts.explanation.byHand}</summary>
            {steps}
          </details>
        ) : (
          steps
        )}
        {requestId !== undefined && (
          <Text size={200} className={styles.code}>
            {`${texts.explanation.requestId}: ${requestId}`}
          </Text>
        )}
      </MessageBarBody>
      {actions !== undefined && (
        <MessageBarActions className={styles.actions}>{actions}</MessageBarActions>
      )}
    </MessageBar>
  );
}
