import { type ActivityClaim, type ActivityEntry, DIAGNOSTICS_CALLS } from "@databox-cmk/protocol";
import { type Fact, Facts, LoadingState, Section, Stack, Time } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import { CheckmarkRegular, DismissRegular, SubtractRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { diagnosticsOf, type TimelineStep } from "../api/diagnostics.ts";
import { useOrderName } from "../order/use-order.ts";
import { usePart } from "../queries/use-part.ts";
import { ON_NARROW } from "../shell/breakpoints.ts";
import { Copyable } from "../shell/copyable.tsx";
import { DataTable } from "../shell/data-table.tsx";
import { HiddenText } from "../shell/hidden-text.tsx";
import { ProblemPanel } from "../shell/problem-panel.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import type { Texts } from "../texts/en.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  stack: { maxWidth: "1100px" },
});

/**
 * All details of one event: the reason and remedy of a failure, its timeline, and the row as it is
 * chained.
 */
export function EntryDetails({ entry }: { readonly entry: ActivityEntry }): ReactElement {
  const styles = useStyles();
  const texts = useTexts().activity;
  const name = useOrderName();
  const { sequence, row } = entry;
  const { correlationId } = row;
  const diagnostics = usePart(
    DIAGNOSTICS_CALLS.read,
    { params: { ...name, correlationId: correlationId ?? "" } },
    {
      select: (view) => diagnosticsOf(view, sequence),
      enabled: correlationId !== undefined,
      staleTime: Infinity,
    },
  );
  const steps = diagnostics.data?.steps ?? [];
  return (
    <Stack gap="M" className={styles.stack}>
      {diagnostics.isLoading && <LoadingState />}
      <QueryProblem error={diagnostics.error} />
      {diagnostics.data?.problem !== undefined && (
        <ProblemPanel problem={diagnostics.data.problem} />
      )}
      {steps.length > 0 && (
        <Section title={texts.course}>
          <Timeline steps={steps} />
        </Section>
      )}
      {row.claims !== undefined && (
        <Section title={texts.claims}>
          <ClaimTable claims={row.claims} />
        </Section>
      )}
      <Section title={texts.recorded}>
        <Facts columns={1} facts={factsOf(entry, texts)} />
      </Section>
    </Stack>
  );
}

function factsOf(
  { sequence, hash, row }: ActivityEntry,
  texts: Texts["activity"],
): readonly Fact[] {
  return [
    [texts.columns.from, row.actor.address],
    [texts.objectId, row.actor.objectId],
    [texts.columns.node, row.serial ?? row.actor.serial],
    copied(texts.columns.keyVersion, row.kid),
    ...Object.entries(row.detail ?? {}).map(([label, value]): Fact => [label, String(value)]),
    copied(texts.correlationId, row.correlationId),
    copied(texts.vaultRequestId, row.vaultRequestId),
    copied(texts.chained(sequence), hash),
  ];
}

function copied(label: string, value: string | undefined): Fact {
  return [label, value && <Copyable value={value} what={label} />];
}

/** Rows of a node's own journal: its claims about its offline actions. */
function ClaimTable({ claims }: { readonly claims: readonly ActivityClaim[] }): ReactElement {
  const texts = useTexts().activity;
  return (
    <DataTable
      label={texts.claims}
      size="extra-small"
      columns={[
        { heading: texts.columns.when, cell: ({ at }) => <Time at={at} precision="second" /> },
        { heading: texts.columns.what, cell: ({ event }) => event },
        {
          heading: texts.facts,
          cell: ({ facts = {} }) =>
            Object.entries(facts)
              .map(([name, value]) => `${name}: ${String(value)}`)
              .join(", "),
        },
      ]}
      rows={claims}
      keyOf={({ sequence }) => sequence}
    />
  );
}

const useTimelineStyles = makeStyles({
  icon: { width: "32px" },
  number: { width: "110px", whiteSpace: "nowrap", [ON_NARROW]: { width: "72px" } },
  Passed: { color: tokens.colorStatusSuccessForeground1 },
  Failed: { color: tokens.colorStatusDangerForeground1 },
  NotReached: { color: tokens.colorNeutralForeground3 },
});

const ICONS = {
  Passed: CheckmarkRegular,
  Failed: DismissRegular,
  NotReached: SubtractRegular,
} as const satisfies Record<TimelineStep["status"], unknown>;

/** The steps of a message, in order, and how long each took. */
function Timeline({ steps }: { readonly steps: readonly TimelineStep[] }): ReactElement {
  const styles = useTimelineStyles();
  const texts = useTexts();
  return (
    <DataTable
      label={texts.activity.course}
      size="extra-small"
      columns={[
        {
          heading: texts.activity.columns.result,
          header: <HiddenText text={texts.activity.columns.result} />,
          className: styles.icon,
          cell: ({ status }) => {
            const Icon = ICONS[status];
            return (
              <span className={styles[status]}>
                <Icon aria-label={texts.preflight.statuses[status]} />
              </span>
            );
          },
        },
        { heading: texts.activity.step, cell: ({ title }) => <span lang="en">{title}</span> },
        {
          heading: texts.activity.after,
          className: styles.number,
          cell: ({ afterMs }) => milliseconds(afterMs),
        },
        {
          heading: texts.activity.took,
          className: styles.number,
          cell: ({ elapsedMs }) => milliseconds(elapsedMs),
        },
      ]}
      rows={steps}
      keyOf={({ name }) => name}
    />
  );
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? "–" : `${String(value)} ms`;
}
