import type { VerdictView } from "@databox-cmk/protocol";
import { Section } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { shownCauses } from "../core/shown-causes.ts";
import { ProblemPanel } from "../shell/problem-panel.tsx";
import { useTexts } from "../texts/texts.ts";
import { useCloudProblem } from "./use-cloud-problem.ts";

/** Everything that is in the way of an unlock, the deciding cause first. */
export function Causes({ verdict }: { readonly verdict: VerdictView }): ReactElement | null {
  const texts = useTexts().order;
  const causes = shownCauses(verdict.causes);
  if (causes.length === 0) return null;
  return (
    <Section title={texts.inTheWay}>
      {causes.map((cause) => (
        <CausePanel key={JSON.stringify(cause)} cause={cause} />
      ))}
    </Section>
  );
}

function CausePanel({
  cause: { serial, ...error },
}: {
  readonly cause: VerdictView["causes"][number];
}): ReactElement | null {
  const problem = useCloudProblem(error);
  if (problem === undefined) return null;
  const message = serial === undefined ? problem.message : `${serial}: ${problem.message}`;
  return <ProblemPanel problem={{ ...problem, message }} />;
}
