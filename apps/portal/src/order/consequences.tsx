import { REVOCATION_CALLS } from "@databox-cmk/protocol";
import { Notice } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { usePart } from "../queries/use-part.ts";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { useOrderName } from "./use-order.ts";

/** The act that a person is about to confirm. */
export type Loss = "switch" | "key" | "emergency";

/**
 * Names the nodes that an act closes, those that it keeps locked, and its receivers.
 *
 * @param serial - of the only node that it covers
 */
export function Consequences({
  of,
  serial,
}: {
  readonly of: Loss;
  readonly serial?: string | undefined;
}): ReactElement {
  const texts = useTexts().order.consequences;
  const given = { params: useOrderName(), query: { of } };
  const preview = usePart(REVOCATION_CALLS.preview, given, { staleTime: 0 });
  // As by a former replica of the service, which does not know the question.
  if (preview.isError) return <Text>{texts.unknown}</Text>;
  if (preview.data === undefined) return <QueryState of={preview} />;
  const { closes, staysOpen = [], staysLocked, told } = preview.data;
  const covered = (each: string) => serial === undefined || each === serial;
  const lines = [
    ...(of === "emergency"
      ? []
      : [
          texts.closes(closes.filter(covered)),
          ...(staysOpen.some(covered) ? [texts.staysOpen(staysOpen.filter(covered))] : []),
          texts.staysLocked(staysLocked.filter(covered)),
        ]),
    texts.told(told),
  ];
  return (
    <Notice intent="info" title={texts.titles[of]}>
      {lines.map((line) => (
        <Text key={line} block>
          {line}
        </Text>
      ))}
    </Notice>
  );
}
