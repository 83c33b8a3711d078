import { REVOCATION_CALLS, type RevocationDrillView } from "@databox-cmk/protocol";
import { Notice, Stack, Time } from "@databox-cmk/ui";
import { Button, ProgressBar, Spinner, Text } from "@fluentui/react-components";
import { ShieldDismissRegular, TimerRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { drillFigures, isDrillRunning } from "../core/drill-figures.ts";
import { type Affirmed, LoudDialog } from "../order/loud-dialog.tsx";
import { OfferedTo } from "../order/read-only.tsx";
import { useOrderChange, useOrderName, useOrderPart } from "../order/use-order.ts";
import { useNames } from "../people/use-people.ts";
import { partKey } from "../queries/use-part.ts";
import { DataTable } from "../shell/data-table.tsx";
import { QueryProblem, QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

/** Revoke now, the active revocations, and how to restore access. */
export function RevocationSection(): ReactElement {
  const texts = useTexts().keyHealth;
  const [isAsking, setIsAsking] = useState(false);
  const standing = useOrderPart(REVOCATION_CALLS.list, { select: ({ value }) => value });
  const nameOf = useNames((standing.data ?? []).flatMap(({ by = [] }) => by));
  const revoking = useOrderChange("revoke", (call, body: Affirmed) =>
    call(REVOCATION_CALLS.revoke, { body }),
  );
  const restoring = useOrderChange("restoreAccess", (call, serial: string | undefined) =>
    call(REVOCATION_CALLS.restore, { body: { serial } }),
  );
  return (
    <Stack gap="M">
      <Text>{texts.revokeHint}</Text>
      <QueryState of={standing} />
      {standing.data?.length === 0 && <Text>{texts.noneStands}</Text>}
      {standing.data?.map((revocation) => (
        <Notice
          key={revocation.id}
          intent="error"
          title={texts.revoked(revocation.scope, revocation.serial)}
          actions={
            revocation.origin === "customer" ? (
              <OfferedTo action="restoreAccess">
                <Button
                  disabledFocusable={restoring.isPending}
                  onClick={() => {
                    restoring.mutate(revocation.scope === "node" ? revocation.serial : undefined);
                  }}
                >
                  {restoring.isPending ? texts.restoring : texts.restore}
                </Button>
              </OfferedTo>
            ) : undefined
          }
        >
          {texts.revokedBy(
            revocation.by === undefined ? texts.origins[revocation.origin] : nameOf(revocation.by),
          )}{" "}
          <Time at={revocation.revokedAt} />: {revocation.reason}
          {revocation.origin === "operator" && ` ${texts.operatorLifts}`}
        </Notice>
      ))}
      <QueryProblem error={revoking.error} />
      <QueryProblem error={restoring.error} />
      {revoking.data !== undefined && (
        <Text role="status">{texts.leasesEnded(revoking.data.leases)}</Text>
      )}
      {restoring.isSuccess && <Text role="status">{texts.restored}</Text>}
      <OfferedTo action="revoke">
        <Button
          icon={revoking.isPending ? <Spinner size="tiny" aria-hidden /> : <ShieldDismissRegular />}
          disabledFocusable={revoking.isPending}
          onClick={() => setIsAsking(true)}
        >
          {texts.revoke}
        </Button>
      </OfferedTo>
      {isAsking && (
        <LoudDialog
          title={texts.revokeTitle}
          warning={texts.revokeWarning}
          loss="switch"
          confirm={texts.revoke}
          onConfirm={revoking.mutate}
          onClose={() => setIsAsking(false)}
        />
      )}
    </Stack>
  );
}

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
  const given = { params: useOrderName() };
  const queryClient = useQueryClient();
  const starting = useOrderChange("startDrill", (call) => call(REVOCATION_CALLS.startDrill), {
    // The former drill must not stay if reading the new one fails.
    onSuccess: (started) =>
      queryClient.setQueryData(partKey(REVOCATION_CALLS.readDrill, given), started),
  });
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
          icon={starting.isPending ? <Spinner size="tiny" aria-hidden /> : <TimerRegular />}
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
