import {
  APPROVAL_CALLS,
  OFFLINE_UNLOCK_CALLS,
  type OfflineLease,
  type OfflineUnlockResult,
} from "@databox-cmk/protocol";
import {
  CopyButton,
  DownloadButton,
  Facts,
  LoadingState,
  Notice,
  QrPicture,
  Row,
  Section,
  Stack,
  Time,
} from "@databox-cmk/ui";
import { Button, Field, makeStyles, Text, Textarea, tokens } from "@fluentui/react-components";
import { ArrowUndoRegular } from "@fluentui/react-icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useEffect, useEffectEvent } from "react";

import type { ViewOf } from "../api/client.ts";
import { isUnreachable, ProblemError } from "../api/problem-error.ts";
import { ApprovalFacts } from "../approvals/approval-facts.tsx";
import { readPending } from "../core/read-message.ts";
import { useOrderName, useOrderPart, useRefreshOrder } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { below, TABLET_PX } from "../shell/breakpoints.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import type { Texts } from "../texts/en.ts";
import { useTexts } from "../texts/texts.ts";

const SECOND_MS = 1000;
const DEFAULT_RETRY_SECONDS = 5;

export type Carried = { readonly challenge: string; readonly reason?: string | undefined };

/**
 * The result of a challenge. While people decide it is sent again, which only changes the answer.
 */
export function SubmittedChallenge({
  carried,
  onAnother,
}: {
  readonly carried: Carried;
  readonly onAnother: () => void;
}): ReactElement {
  const texts = useTexts().unlock;
  const { client } = useSignedIn();
  const name = useOrderName();
  const refresh = useRefreshOrder();
  const queryClient = useQueryClient();
  const queryKey = ["offlineUnlock", carried.challenge];
  const answer = useQuery({
    // Not below the order's key in the cache: news of the order must not submit it again.
    queryKey,
    queryFn: () => client.call(OFFLINE_UNLOCK_CALLS.submit, { params: name, body: carried }),
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    refetchInterval: ({ state }) =>
      isPending(state.data) && mayGoOn(state.error)
        ? (state.data.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS) * SECOND_MS
        : false,
  });
  const { data, error } = answer;
  const isWaiting = isPending(data) && mayGoOn(error);
  const answered = data && (isPending(data) ? "pending" : "granted");
  const outcome = error === null || isWaiting ? answered : "refused";
  const showChange = useEffectEvent(() => void refresh());
  useEffect(() => {
    if (outcome !== undefined) showChange();
  }, [outcome]);
  if (answer.isPending) return <LoadingState />;
  return (
    <Stack gap="M" role="status">
      {error !== null && (
        <>
          <QueryProblem
            error={error}
            onTryAgain={() => {
              void queryClient.resetQueries({ queryKey });
            }}
          />
          <Refusal error={error} />
        </>
      )}
      {isWaiting && <PendingAnswer answer={data.answer} onDecided={() => void answer.refetch()} />}
      {error === null && data !== undefined && !isPending(data) && <GrantedAnswer result={data} />}
      <Button icon={<ArrowUndoRegular />} onClick={onAnother}>
        {texts.another}
      </Button>
    </Stack>
  );
}

type Answer = ViewOf<typeof OFFLINE_UNLOCK_CALLS.submit>;
type Pending = Exclude<Answer, OfflineUnlockResult>;
const isPending = (answer: Answer | undefined): answer is Pending =>
  answer !== undefined && !("serial" in answer);

/** A lost call decides nothing: the people still decide. */
const mayGoOn = (error: Error | null): boolean => error === null || isUnreachable(error);

/** The signed refusal, for the node to show, so that the person there reads the same text. */
function Refusal({ error }: { readonly error: Error }): ReactElement | null {
  const texts = useTexts().unlock;
  const carried =
    error instanceof ProblemError
      ? error.additionalInfo.find(({ type }) => type === "OfflineAnswer")?.info
      : undefined;
  const answer =
    typeof carried === "object" && carried !== null && "answer" in carried
      ? carried.answer
      : undefined;
  if (typeof answer !== "string") return null;
  return (
    <CarriedAnswer
      title={texts.refusalTitle}
      hint={texts.refusalHint}
      fileName="refusal.txt"
      answer={answer}
    />
  );
}

/** The answer that opens the node, once, and its conditions. */
function GrantedAnswer({ result }: { readonly result: OfflineUnlockResult }): ReactElement {
  const texts = useTexts().unlock;
  return (
    <>
      <Notice intent="success" title={texts.grantedTitle(result.serial)}>
        {texts.granted}
      </Notice>
      <Facts
        facts={[
          [texts.node, result.serial],
          [texts.usableUntil, <Time at={result.expiresAt} />],
          [texts.lease, leaseName(result.lease, texts)],
          [texts.usesLeft, String(result.usesLeftToday)],
        ]}
      />
      <CarriedAnswer
        title={texts.answerTitle}
        hint={texts.answerHint}
        fileName={`${result.serial}-answer.txt`}
        answer={result.answer}
      />
    </>
  );
}

/** The votes so far; news of the approval arrive automatically. */
function PendingAnswer({
  answer,
  onDecided,
}: {
  readonly answer: string;
  readonly onDecided: () => void;
}): ReactElement {
  const texts = useTexts().unlock;
  const pending = readPending(answer);
  const approvals = useOrderPart(APPROVAL_CALLS.list);
  const approval = approvals.data?.value.find(({ id }) => id === pending?.id);
  const state = approval?.state;
  const tellDecided = useEffectEvent(onDecided);
  useEffect(() => {
    if (state !== undefined && state !== "waiting") tellDecided();
  }, [state]);
  return (
    <>
      <Notice intent="warning" title={texts.pendingTitle}>
        {pending === undefined ? "" : texts.pending(pending.given, pending.required)}
      </Notice>
      {approval === undefined ? (
        approvals.isPending && <LoadingState />
      ) : (
        <ApprovalFacts approval={approval} />
      )}
    </>
  );
}

const useAnswerStyles = makeStyles({
  ways: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 420px) minmax(0, 1fr)",
    gap: tokens.spacingHorizontalXL,
    alignItems: "start",
    [below(TABLET_PX)]: { gridTemplateColumns: "minmax(0, 1fr)" },
  },
  mono: { fontFamily: tokens.fontFamilyMonospace },
  copy: { alignItems: "center" },
});

/** A message for the node in every form that can be carried: a code to scan, a file, a text. */
function CarriedAnswer({
  title,
  hint,
  fileName,
  answer,
}: {
  readonly title: string;
  readonly hint: string;
  readonly fileName: string;
  readonly answer: string;
}): ReactElement {
  const styles = useAnswerStyles();
  const texts = useTexts().unlock;
  return (
    <Section title={title}>
      <Text>{hint}</Text>
      <div className={styles.ways}>
        <QrPicture text={answer} label={texts.code} />
        <Stack gap="M">
          <Row className={styles.copy}>
            <DownloadButton
              label={texts.download}
              fileName={fileName}
              mediaType="text/plain"
              content={`${answer}\n`}
            />
            <CopyButton value={answer} what={texts.answer} />
          </Row>
          <Field label={texts.answer}>
            <Textarea
              value={answer}
              readOnly
              rows={10}
              spellCheck={false}
              textarea={{ className: styles.mono }}
            />
          </Field>
        </Stack>
      </div>
    </Section>
  );
}

const HOUR_SECONDS = 3600;
const MINUTE_SECONDS = 60;

/** How long an unlock without network lasts, in words. */
export function leaseName(lease: OfflineLease, texts: Texts["unlock"]): string {
  if (lease.kind === "boots") return texts.boots(lease.boots);
  return lease.seconds % HOUR_SECONDS === 0
    ? texts.hours(lease.seconds / HOUR_SECONDS)
    : texts.minutes(Math.round(lease.seconds / MINUTE_SECONDS));
}
