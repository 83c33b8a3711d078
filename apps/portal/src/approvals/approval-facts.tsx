import type { ApprovalView } from "@databox-cmk/protocol";
import { type Fact, Facts, StateIcon, type StateLook, textOf, Time } from "@databox-cmk/ui";
import { Badge, makeStyles, Text, tokens } from "@fluentui/react-components";
import { CheckmarkCircleFilled, DismissCircleFilled } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { keyVersionLabel } from "../core/key-version-label.ts";
import { readLoosened } from "../core/read-loosened.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  decisions: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    margin: 0,
    padding: 0,
    listStyleType: "none",
  },
  decision: { display: "flex", gap: tokens.spacingHorizontalXS, overflowWrap: "anywhere" },
  icon: { paddingBlockStart: "2px" },
  words: { minWidth: 0 },
});

const LOOKS = {
  approved: [CheckmarkCircleFilled, "good"],
  rejected: [DismissCircleFilled, "bad"],
} as const satisfies Record<string, StateLook>;

const COLORS = {
  waiting: "warning",
  approved: "success",
  released: "success",
  rejected: "danger",
  expired: "informative",
  void: "informative",
} as const satisfies Record<ApprovalView["state"], string>;

export function ApprovalState({ approval }: { readonly approval: ApprovalView }): ReactElement {
  const texts = useTexts().approvals;
  const { state, voidReason } = approval;
  return (
    <Badge appearance="tint" color={COLORS[state]}>
      {voidReason === undefined
        ? texts.states[state]
        : `${texts.states[state]}: ${texts.voidReasons[voidReason]}`}
    </Badge>
  );
}

/** The facts for an approver's decision, and the votes of others. */
export function ApprovalFacts({ approval }: { readonly approval: ApprovalView }): ReactElement {
  const texts = useTexts().approvals;
  const { place } = approval;
  const isChange = approval.way === "change";
  const city = [place.city, place.country].filter((each) => each !== undefined).join(", ");
  const facts: readonly Fact[] = [
    isChange && approval.effectiveAt === undefined
      ? [texts.change, <Change reason={approval.reason ?? ""} />]
      : [texts.reason, approval.reason ?? texts.noReason],
    [texts.node, isChange ? undefined : approval.serial],
    [texts.keyVersion, isChange ? undefined : keyVersionLabel(approval.kid)],
    [texts.purpose, textOf(texts.purposes, approval.purpose) ?? approval.purpose],
    [texts.way, texts.ways[approval.way]],
    [texts.address, place.address],
    [texts.shippedTo, isChange || city === "" ? undefined : city],
    [texts.requested, <Time at={approval.requestedAt} />],
    [texts.lastAsked, <Time at={approval.lastAskedAt} />],
    [
      texts.effective,
      approval.effectiveAt === undefined ? undefined : <Time at={approval.effectiveAt} />,
    ],
    [texts.expires, <Time at={approval.expiresAt} />],
    [texts.decisions, <Decisions approval={approval} />],
  ];
  return <Facts facts={facts} />;
}

function Change({ reason }: { readonly reason: string }): ReactElement {
  const styles = useStyles();
  const texts = useTexts().approvals;
  return (
    <ul className={styles.decisions}>
      {readLoosened(reason).map(({ kind, names }) => {
        const [one = "", other = ""] = names;
        const words = kind === undefined ? one : texts.loosens[kind](one, other);
        return (
          <li key={words} className={styles.decision}>
            {words}
          </li>
        );
      })}
    </ul>
  );
}

function Decisions({
  approval: { decisions, required },
}: {
  readonly approval: ApprovalView;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().approvals;
  const given = decisions.filter(({ decision, counts }) => decision === "approved" && counts);
  return (
    <>
      {texts.count(given.length, required)}
      <ul className={styles.decisions}>
        {decisions.map(({ objectId, name, decision, reason, at, counts }) => (
          <li key={objectId} className={styles.decision}>
            <span className={styles.icon}>
              <StateIcon look={LOOKS[decision]} />
            </span>
            <span className={styles.words}>
              {texts.said(name, decision)} <Time at={at} />
              {!counts && ` (${texts.countsNoMore})`}
              <Text size={200} block>
                {reason}
              </Text>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
