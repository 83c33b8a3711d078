import { ERRORS, isErrorCode, type Who } from "@databox-cmk/errors";
import {
  EmptyState,
  FailureText,
  RULE_BELOW,
  StateIcon,
  type StateLook,
  Time,
  useUiTexts,
} from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import {
  BoxCheckmarkRegular,
  CheckmarkCircleRegular,
  ErrorCircleRegular,
  PersonClockRegular,
  WarningRegular,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";

import type { Todo } from "../core/todos.ts";
import { below, TABLET_PX } from "../shell/breakpoints.ts";
import { useTexts } from "../texts/texts.ts";
import { OrderLink } from "./order-link.tsx";

const SHOWN = 10;
const NARROW = below(TABLET_PX);

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0 },
  row: {
    display: "grid",
    gridTemplateColumns: "24px minmax(0, 2fr) minmax(0, 1fr) minmax(0, 1fr)",
    gap: tokens.spacingHorizontalM,
    alignItems: "start",
    paddingBlock: tokens.spacingVerticalS,
    ...RULE_BELOW,
    [NARROW]: {
      gridTemplateColumns: "24px minmax(0, 1fr)",
      rowGap: tokens.spacingVerticalXXS,
    },
  },
  what: { display: "flex", flexDirection: "column", overflowWrap: "anywhere" },
  fact: { [NARROW]: { gridColumnStart: "2" } },
});

const KINDS = {
  approval: { look: [PersonClockRegular, "watch"], page: "approvals", who: undefined },
  blocked: { look: [ErrorCircleRegular, "bad"], page: "overview", who: undefined },
  "at-risk": {
    look: [WarningRegular, "watch"],
    page: "keyHealth",
    who: "security-administrator",
  },
  act: { look: [BoxCheckmarkRegular, "going"], page: "overview", who: undefined },
} as const satisfies Record<
  Todo["kind"],
  { readonly look: StateLook; readonly page: string; readonly who: Who | undefined }
>;

/** Each task with its actor, the most urgent first. */
export function TodoList({
  todos,
  isOperator,
}: {
  readonly todos: readonly Todo[];
  readonly isOperator: boolean;
}): ReactElement {
  const styles = useStyles();
  const words = useTexts().home;
  if (todos.length === 0)
    return (
      <EmptyState icon={<CheckmarkCircleRegular />} title={words.nothing}>
        <Text>{words.nothingHint}</Text>
      </EmptyState>
    );
  return (
    <>
      <ul className={styles.list}>
        {todos.slice(0, SHOWN).map((todo) => (
          <TodoRow
            key={[todo.kind, "requestId" in todo ? todo.requestId : todo.orderId].join(" ")}
            todo={todo}
            isOperator={isOperator}
          />
        ))}
      </ul>
      {todos.length > SHOWN && <Text>{words.more(todos.length - SHOWN)}</Text>}
    </>
  );
}

function TodoRow({
  todo,
  isOperator,
}: {
  readonly todo: Todo;
  readonly isOperator: boolean;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.home;
  const { who: names } = useUiTexts();
  const { look, page, who } = KINDS[todo.kind];
  const row = todo.kind === "blocked" && isErrorCode(todo.code) ? ERRORS[todo.code] : undefined;
  const actor = todo.kind === "blocked" ? todo.who : who;
  return (
    <li className={styles.row}>
      <StateIcon look={look} size="large" />
      <div className={styles.what}>
        <OrderLink orderId={todo.orderId} page={page} isOperator={isOperator}>
          {words.kinds[todo.kind](todo.orderName)}
        </OrderLink>
        <Text size={200}>
          {todo.kind === "blocked" && <FailureText text={row?.title ?? todo.code} />}
          {todo.kind === "at-risk" && words.atRisk}
          {todo.kind === "act" && texts.operator.next.acts[todo.act]}
          {todo.kind === "approval" &&
            (todo.serial === undefined
              ? texts.approvals.changeAsks
              : texts.approvals.nodeAsks(todo.serial))}
        </Text>
      </div>
      <Text className={styles.fact}>{actor === undefined ? words.you : names[actor]}</Text>
      <Text className={styles.fact}>
        {"until" in todo && todo.until !== undefined ? (
          <>
            {words.until} <Time at={todo.until} />
          </>
        ) : (
          words.now
        )}
      </Text>
    </li>
  );
}
