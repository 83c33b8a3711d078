import {
  type JobResource,
  KEY_CHECKS,
  type KeyCheckName,
  type KeyValidationResult,
} from "@databox-cmk/protocol";
import {
  ExplanationPanel,
  Notice,
  type Problem,
  Row,
  StateIcon,
  type StateLook,
} from "@databox-cmk/ui";
import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Button,
  makeStyles,
  Spinner,
  Text,
  tokens,
} from "@fluentui/react-components";
import {
  ArrowClockwiseRegular,
  CheckmarkCircleFilled,
  CircleRegular,
  DismissCircleFilled,
} from "@fluentui/react-icons";
import type { ReactElement, ReactNode } from "react";

import { type ChosenIdentity, type ChosenKey, hasSystemIdentity } from "../core/key-choice.ts";
import { useCloudProblem } from "../order/use-cloud-problem.ts";
import { useMay } from "../order/use-may.ts";
import { useOrderName } from "../order/use-order.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { type Texts, useTexts } from "../texts/texts.ts";
import { GrantButton, useGrant } from "./grant-access.tsx";
import { usePreflight } from "./use-preflight.ts";

const useStyles = makeStyles({
  preflight: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  head: { alignItems: "center" },
  title: { flexGrow: 1 },
  checks: { listStyleType: "none", margin: 0, padding: 0 },
  check: {
    display: "flex",
    alignItems: "center",
    flexWrap: "wrap",
    columnGap: tokens.spacingHorizontalS,
  },
  unread: { flexBasis: "100%", paddingInlineStart: "24px", overflowWrap: "anywhere" },
});

type Check = KeyValidationResult["checks"][number];

const LOOKS = {
  Passed: [CheckmarkCircleFilled, "good"],
  Failed: [DismissCircleFilled, "bad"],
  NotReached: [CircleRegular, "none"],
} as const satisfies Record<Check["status"], StateLook>;

/**
 * Runs every check of the chosen key without changing the order; a failure is explained at once.
 */
export function Preflight({
  order,
  chosen,
  identity,
}: {
  readonly order: JobResource;
  readonly chosen: ChosenKey;
  readonly identity: ChosenIdentity;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const name = useOrderName();
  const preflight = usePreflight(order, chosen, identity);
  const failed = preflight.data?.checks.find(({ status }) => status === "Failed");
  const problem = useCloudProblem(failed?.error);
  const mayChange = useMay("write") !== false;
  const grant = useGrant({
    subscriptionId: name.subscriptionId,
    assigned: order.identity,
    chosen,
    identity,
    problem: mayChange ? problem : undefined,
    onGranted: () => void preflight.refetch(),
  });
  const lacksIdentity =
    failed?.name === "identity-present" &&
    identity.type === "SystemAssigned" &&
    !hasSystemIdentity(order.identity);
  const next = grant !== undefined ? "access" : mayChange && lacksIdentity ? "identity" : undefined;
  return (
    <section className={styles.preflight} aria-label={texts.preflight.title} aria-live="polite">
      <Row className={styles.head}>
        {preflight.data?.status === "Valid" && <StateIcon look={LOOKS.Passed} />}
        <Text weight="semibold" className={styles.title}>
          {preflight.data === undefined
            ? texts.preflight.title
            : texts.preflight.summary(
                preflight.data.checks.filter(({ status }) => status === "Passed").length,
                preflight.data.checks.length,
              )}
        </Text>
        {preflight.isFetching && <Spinner size="tiny" label={texts.preflight.running} />}
        <Button
          size="small"
          icon={<ArrowClockwiseRegular />}
          onClick={() => void preflight.refetch()}
        >
          {texts.preflight.again}
        </Button>
      </Row>
      <QueryProblem error={preflight.error} />
      {grant !== undefined && grant.error !== null && <QueryProblem error={grant.error} />}
      {problem !== undefined &&
        (next === undefined ? (
          <ExplanationPanel problem={problem} />
        ) : (
          <NextStep
            step={next}
            problem={problem}
            action={grant === undefined ? undefined : <GrantButton grant={grant} />}
          />
        ))}
      {preflight.data !== undefined && (
        <Accordion collapsible>
          <AccordionItem value="checks">
            <AccordionHeader size="small">{texts.preflight.details}</AccordionHeader>
            <AccordionPanel>
              <ul className={styles.checks}>
                {preflight.data.checks.map((check) => (
                  <li key={check.name} className={styles.check}>
                    <StateIcon look={LOOKS[check.status]} />
                    {labelOf(check.name, texts)}
                    <Text size={200}>{texts.preflight.statuses[check.status]}</Text>
                    {check.unread !== undefined && (
                      <Text size={200} className={styles.unread}>
                        {texts.preflight.unread(namesOf(check.unread))}
                      </Text>
                    )}
                  </li>
                ))}
              </ul>
            </AccordionPanel>
          </AccordionItem>
        </Accordion>
      )}
    </section>
  );
}

const namesOf = (resourceIds: readonly string[]) =>
  resourceIds.map((id) => id.slice(id.lastIndexOf("/") + 1)).join(", ");

const isKeyCheck = (name: string): name is KeyCheckName => Object.hasOwn(KEY_CHECKS, name);

/** A check of a newer service is shown by its name. */
function labelOf(name: string, { preflight }: Texts): string {
  return isKeyCheck(name) ? preflight.checks[name] : name;
}

/**
 * A check that fails because a later step of the form is not done yet: the step, and the
 * explanation behind a heading.
 */
function NextStep({
  step,
  problem,
  action,
}: {
  readonly step: "identity" | "access";
  readonly problem: Problem;
  /** The button that does the step, unless it is elsewhere on the page. */
  readonly action?: ReactNode;
}): ReactElement {
  const words = useTexts().preflight;
  return (
    <>
      <Notice intent="info" title={words.next[step].title} actions={action}>
        {words.next[step].text}
      </Notice>
      <Accordion collapsible>
        <AccordionItem value="why">
          <AccordionHeader size="small">{words.why}</AccordionHeader>
          <AccordionPanel>
            <ExplanationPanel problem={problem} />
          </AccordionPanel>
        </AccordionItem>
      </Accordion>
    </>
  );
}
