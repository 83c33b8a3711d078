import type { OperationName, OperatorOrder } from "@databox-cmk/protocol";
import { Notice, RULE_BELOW } from "@databox-cmk/ui";
import {
  Button,
  makeStyles,
  mergeClasses,
  Spinner,
  Text,
  tokens,
} from "@fluentui/react-components";
import { type ReactElement, useId, useState } from "react";

import { decideWhyNot } from "../../core/why-not.ts";
import { ON_NARROW } from "../../shell/breakpoints.ts";
import { QueryProblem } from "../../shell/query-problem.tsx";
import { useTexts } from "../../texts/texts.ts";
import { EnrolmentCodes } from "./enrolment-codes.tsx";
import { OperationDialog } from "./operation-dialog.tsx";
import { useOperation } from "./use-operation.ts";

const useStyles = makeStyles({
  // The reason why not is enough on a narrow screen.
  idle: { [ON_NARROW]: { display: "none" } },
  list: { listStyleType: "none", margin: 0, padding: 0, maxWidth: "820px" },
  row: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalL,
    paddingBlock: tokens.spacingVerticalS,
    ...RULE_BELOW,
    "@media (max-width: 479px)": { flexDirection: "column", alignItems: "start" },
  },
  words: { flexGrow: 1, minWidth: 0, display: "flex", flexDirection: "column" },
  whyNot: { color: tokens.colorNeutralForeground3 },
  button: { flexShrink: 0, minWidth: "140px" },
});

/** Operations that run at once; the others ask first. */
const SIMPLE: ReadonlySet<OperationName> = new Set([
  "dispatch",
  "deliver",
  "pickUp",
  "receive",
  "startCopy",
]);
/** Never shown as the next step, even if nothing else is possible. */
const DRASTIC: ReadonlySet<OperationName> = new Set(["fail", "erase"]);

/**
 * Every operation in the order of an order's lifecycle: possible ones have a button, the others
 * their reason.
 */
export function OperationList({ order }: { readonly order: OperatorOrder }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const listId = useId();
  const [asking, setAsking] = useState<OperationName>();
  const { run, running, last, error, codes, forget } = useOperation();
  const words = texts.operator.operations;
  const start = (name: OperationName) => {
    if (SIMPLE.has(name)) run({ name, body: {} });
    else setAsking(name);
  };
  return (
    <>
      <QueryProblem error={error} />
      {error !== null && last === "dispatch" && (
        <div>
          <Button onClick={() => setAsking("dispatch")}>{words.forceDispatch}</Button>
        </div>
      )}
      {error === null && last !== undefined && codes === undefined && (
        <Notice intent="success">{words.done(words.names[last])}</Notice>
      )}
      {order.unpreparedNodes !== undefined && (
        <Notice intent="warning">{words.unprepared(order.unpreparedNodes.join(", "))}</Notice>
      )}
      <ul className={styles.list}>
        {order.operations.map((operation) => {
          const { name, allowed } = operation;
          const whyNot = decideWhyNot(operation, order);
          const noteId = `${listId}-${name}`;
          return (
            <li key={name} className={styles.row}>
              <div className={styles.words} id={noteId}>
                <Text weight="semibold">{words.names[name]}</Text>
                <Text size={200}>{words.notes[name]}</Text>
                {whyNot !== undefined && (
                  <Text size={200} className={styles.whyNot}>
                    {words.whyNot[whyNot.kind](
                      whyNot.stages.map((stage) => texts.stages[stage]).join(", "),
                    )}
                  </Text>
                )}
              </div>
              <Button
                className={mergeClasses(styles.button, !allowed && styles.idle)}
                appearance={allowed && !DRASTIC.has(name) ? "primary" : "secondary"}
                disabledFocusable={!allowed || running !== undefined}
                aria-describedby={noteId}
                icon={running === name ? <Spinner size="tiny" aria-hidden /> : undefined}
                onClick={() => start(name)}
              >
                {running === name ? words.running[name] : words.buttons[name]}
              </Button>
            </li>
          );
        })}
      </ul>
      {asking !== undefined && (
        <OperationDialog
          name={asking}
          order={order}
          onConfirm={(body) => {
            setAsking(undefined);
            run({ name: asking, body });
          }}
          onClose={() => setAsking(undefined)}
        />
      )}
      {codes !== undefined && <EnrolmentCodes codes={codes} onClose={forget} />}
    </>
  );
}
