import { REVOCATION_CALLS, type RevocationDrillView } from "@databox-cmk/protocol";
import { Stack, Time } from "@databox-cmk/ui";
import { Button, ProgressBar, Spinner, Text } from "@fluentui/react-components";
import { TimerRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { drillFigures, isDrillRunning } from "../core/drill-figures.ts";
import { OfferedTo } from "../order/read-only.tsx";
import { useOrderChange, useOrderPart } from "../order/use-order.ts";
import { DataTable } from "../shell/data-table.tsx";
import { QueryProblem, QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

const FOLLOW_MS = 1000;

/**
 * Measures how fast a revocation would reach the field: every open node answers, and stays open.
 */
export function Drill(): ReactElement {
  const texts = useTexts().keyHealth;
  const drill = useOrderPart(REVOCATION_CALLS.readDrill, {
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && isDrillRunning(data, Date.now()) ? FOLLOW_MS : false,
  });
  const starting = useOrderChange("startDrill", (call) => call(REVOCATION_CALLS.startDrill));
  return (
    <Stack gap="M" width="M">
      <Text>{texts.drillHint}</Text>
      <QueryState of={drill} />
      <QueryProblem error={starting.error} />
      {starting.isSuccess && starting.data.value.length === 0 && (
        <Text role="status">{texts.nobodyToAsk}</Text>
      )}
      {drill.data !== undefined && drill.data.value.length > 0 && (
        <Figures drill={drill.data} isRunning={isDrillRunning(drill.data, drill.dataUpdatedAt)} />
      )}
      <OfferedTo action="drill">
        <Button
          icon={starting.isPending ? <Spinner size="tiny" /> : <TimerRegular />}
          disabledFocusable={starting.isPending}
          onClick={() => starting.mutate()}
        >
          {texts.startDrill}
        </Button>
      </OfferedTo>
    </Stack>
  );
}

function Figures({
  drill,
  isRunning,
}: {
  readonly drill: RevocationDrillView;
  readonly isRunning: boolean;
}): ReactElement {
  const texts = useTexts().keyHealth;
  const { asked, answered, fastestMs, slowestMs } = drillFigures(drill);
  const [first] = drill.value;
  return (
    <>
      <Text>
        {texts.lastDrill} {first !== undefined && <Time at={first.startedAt} />}
      </Text>
      {isRunning && (
        <ProgressBar value={answered} max={asked} aria-label={texts.answeredOf(answered, asked)} />
      )}
      <Text role="status">
        {texts.answeredOf(answered, asked)}
        {fastestMs !== undefined && slowestMs !== undefined
          ? ` ${texts.spread(fastestMs, slowestMs)}`
          : ""}
      </Text>
      <DataTable
        label={texts.drillTitle}
        columns={[
          { heading: texts.node, isMono: true, cell: ({ serial }) => serial },
          {
            heading: texts.answeredAfter,
            cell: ({ elapsedMs }) =>
              elapsedMs === undefined ? texts.notAnswered : texts.milliseconds(elapsedMs),
          },
        ]}
        rows={drill.value}
        keyOf={({ id }) => id}
      />
    </>
  );
}
