import type { LocalOperation, LocalState } from "@databox-cmk/protocol";
import { CopyProblem, ExplanationPanel, QrPicture, textOf, Time } from "@databox-cmk/ui";
import { makeStyles, mergeClasses, Spinner, Text, tokens } from "@fluentui/react-components";
import { CheckmarkCircleFilled, CircleRegular, DismissCircleFilled } from "@fluentui/react-icons";
import { type ReactElement, type RefObject, useEffect, useRef, useState } from "react";

import { decideSteps, type ShownStep } from "../core/decide-steps.ts";
import { orderPage } from "../core/order-page.ts";
import { problemOfFailure } from "../core/problem-of-failure.ts";
import { Panel } from "../shell/page.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { useStepControls } from "../unlock/step-control.tsx";

const useStyles = makeStyles({
  panels: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    ":empty": { display: "none" },
  },
  steps: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    listStyleType: "none",
    margin: 0,
    padding: 0,
  },
  step: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS },
  icon: { display: "flex", fontSize: "20px", width: "20px", flexShrink: 0 },
  done: { color: tokens.colorStatusSuccessForeground1 },
  failed: { color: tokens.colorStatusDangerForeground1 },
  waiting: { color: tokens.colorNeutralForeground3 },
  running: { color: tokens.colorBrandForeground1 },
  at: { color: tokens.colorNeutralForeground3 },
  notes: { margin: 0, paddingInlineStart: tokens.spacingHorizontalXL },
});

/** The node's present or last operation, step by step, and the last failure. Empty without one. */
export function OperationPanel(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { operation, lastFailure } = useNode().state;
  const place = useFailureInView(lastFailure?.at);
  const explanation = lastFailure !== undefined && <FailureExplanation {...lastFailure} />;
  // The network page shows its own test. A failure is hidden after a later success.
  const isShown =
    operation !== undefined &&
    operation.what !== "networkTest" &&
    (operation.outcome !== "failed" || lastFailure !== undefined);
  const hasFailed = isShown && operation.outcome === "failed";
  return (
    <div ref={place} className={styles.panels}>
      {isShown && (
        <Panel
          title={`${texts.operation.names[operation.what]}: ${texts.operation.outcomes[operation.outcome]}`}
        >
          <Steps operation={operation} />
          {hasFailed && explanation}
        </Panel>
      )}
      {!hasFailed && lastFailure !== undefined && (
        <Panel title={texts.operation.lastFailure}>{explanation}</Panel>
      )}
    </div>
  );
}

/** Scrolls to a failure that happens while the page is open: on a tablet it is below the fold. */
function useFailureInView(at: string | undefined): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  const [first] = useState(at);
  useEffect(() => {
    if (at !== undefined && at !== first) place.current?.scrollIntoView({ block: "nearest" });
  }, [at, first]);
  return place;
}

function Steps({ operation }: { readonly operation: LocalOperation }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { startedAt, outcome, notes = [] } = operation;
  const steps = decideSteps(operation);
  return (
    <>
      <Text size={200}>
        <Time at={startedAt} />
      </Text>
      {outcome === "running" && steps.length === 0 && (
        <Spinner size="small" aria-label={texts.operation.outcomes.running} />
      )}
      {steps.length > 0 && (
        <ol className={styles.steps}>
          {steps.map((step) => (
            <Step key={step.name} step={step} />
          ))}
        </ol>
      )}
      {notes.length > 0 && (
        <ul className={styles.notes} aria-label={texts.operation.notes} lang="en">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function FailureExplanation({ at, failure }: NonNullable<LocalState["lastFailure"]>): ReactElement {
  const texts = useTexts();
  const controlOf = useStepControls();
  const page = orderPage(useNode().state.node);
  const problem = problemOfFailure(failure);
  return (
    <>
      {failure.relocked === true && <Text weight="semibold">{texts.operation.relocked}</Text>}
      <ExplanationPanel
        problem={problem}
        controlOf={controlOf}
        actions={page !== undefined && <CopyProblem problem={problem} page={page} />}
      />
      {page !== undefined && (
        <details>
          <summary>{texts.operation.orderPage}</summary>
          <QrPicture text={page} label={texts.operation.orderPage} />
        </details>
      )}
      <Text size={200}>
        <Time at={at} />
      </Text>
    </>
  );
}

function Step({ step }: { readonly step: ShownStep }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { name, state, atMs } = step;
  return (
    <li className={styles.step}>
      <span
        className={mergeClasses(styles.icon, styles[state])}
        role="img"
        aria-label={texts.operation.stepStates[state]}
      >
        {state === "done" && <CheckmarkCircleFilled />}
        {state === "failed" && <DismissCircleFilled />}
        {state === "waiting" && <CircleRegular />}
        {state === "running" && <Spinner size="extra-tiny" aria-hidden />}
      </span>
      <Text>{textOf(texts.operation.steps, name) ?? name}</Text>
      {atMs !== undefined && (
        <Text size={200} className={styles.at}>
          {texts.operation.after(atMs)}
        </Text>
      )}
    </li>
  );
}
