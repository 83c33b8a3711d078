import { type ActivityClaim, type ActivityEntry, DIAGNOSTICS_CALLS } from "@databox-cmk/protocol";
import { type Fact, Facts, LoadingState, Section, Stack, Time } from "@databox-cmk/ui";
import { makeStyles } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { diagnosticsOf } from "../api/diagnostics.ts";
import { useOrderName } from "../order/use-order.ts";
import { usePart } from "../queries/use-part.ts";
import { Copyable } from "../shell/copyable.tsx";
import { DataTable } from "../shell/data-table.tsx";
import { ProblemPanel } from "../shell/problem-panel.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import type { Texts } from "../texts/en.ts";
import { useTexts } from "../texts/texts.ts";
import { Timeline } from "./timeline.tsx";

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
