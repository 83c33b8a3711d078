import { KEY_HEALTH_CALLS, type KeyHealthView } from "@databox-cmk/protocol";
import { Facts, FailureText, Notice, Stack, textOf, Time, useLanguage } from "@databox-cmk/ui";
import { Button, makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { ArrowClockwiseRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { readKeyVersions } from "../api/vault-keys.ts";
import { durationText } from "../core/relative-age.ts";
import { actionOfKey, CausePanel } from "../next-step/causes.tsx";
import { HealthBadge } from "../order/badges.tsx";
import { OfferedTo } from "../order/read-only.tsx";
import { useOrderChange } from "../order/use-order.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useRead } from "../queries/use-part.ts";
import { Age } from "../shell/age.tsx";
import { Copyable } from "../shell/copyable.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

const SECOND_MS = 1000;

/** State, problems, dates. */
export function HealthSummary({ health }: { readonly health: KeyHealthView }): ReactElement {
  const texts = useTexts().keyHealth;
  const dates = useKeyDates(health.kid);
  const expires = dates.isKnown
    ? (moment(dates.expires) ?? texts.neverExpires)
    : dates.isHidden
      ? texts.datesHidden
      : undefined;
  return (
    <Stack gap="M">
      {health.state !== "NotWatched" && <CheckNow health={health} />}
      {health.error !== undefined && (
        <CausePanel cause={health.error} action={actionOfKey(health.nextStep.action)} />
      )}
      {health.inconclusive !== undefined && (
        <Notice intent="warning" title={texts.inconclusiveTitle}>
          {texts.inconclusive(health.inconclusive.code)} <Time at={health.inconclusive.at} />
        </Notice>
      )}
      {health.risks.map(({ risk, message, at }) => (
        <Notice key={risk} intent="warning" title={textOf(texts.risks, risk) ?? risk}>
          {textOf(texts.riskMeanings, risk) ?? <span lang="en">{message}</span>}{" "}
          {at !== undefined && <Time at={at} />}
        </Notice>
      ))}
      <Facts
        facts={[
          [texts.state, <HealthBadge health={health} />],
          [texts.checked, moment(health.checkedAt)],
          [texts.changed, moment(health.changedAt)],
          [texts.expectedEnd, moment(health.expectedEnd)],
          [texts.notBefore, moment(dates.notBefore)],
          [texts.expires, expires],
          [
            texts.recoverable,
            health.recoverableDays === undefined ? undefined : texts.days(health.recoverableDays),
          ],
        ]}
      />
      {health.kid !== undefined && (
        <Facts
          columns={1}
          facts={[
            [texts.keyVersion, <Copyable value={health.kid} what={texts.keyVersion} />],
            [
              texts.nextStep,
              health.error === undefined ? <FailureText text={health.nextStep.text} /> : undefined,
            ],
          ]}
        />
      )}
    </Stack>
  );
}

const moment = (at: string | undefined) => at && <Time at={at} />;

/** The validity of a key version, read from the vault with the reader's own rights. */
function useKeyDates(kid: string | undefined) {
  const [, vaultUri = "", key = "", wanted = ""] =
    /^(https:\/\/[^/]+\/)keys\/([^/]+)\/([^/]+)$/.exec(kid ?? "") ?? [];
  const versions = useRead(
    QUERY_KEYS.vault(vaultUri, "versions", key),
    (client, signal) => readKeyVersions(client, vaultUri, key, signal),
    { enabled: vaultUri !== "", retry: false },
  );
  const version = versions.data?.find((each) => each.version === wanted);
  return {
    isKnown: version !== undefined,
    /** The reader may not read them in the vault. */
    isHidden: versions.isError,
    expires: version?.expiresAt === undefined ? undefined : isoTime(version.expiresAt),
    notBefore: version?.notBefore === undefined ? undefined : isoTime(version.notBefore),
  };
}

function isoTime(seconds: number): string {
  return new Date(seconds * SECOND_MS).toISOString();
}

const useStyles = makeStyles({
  line: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXS,
  },
});

/** How old the shown state is, how often it is renewed, and the button that renews it. */
function CheckNow({ health }: { readonly health: KeyHealthView }): ReactElement {
  const styles = useStyles();
  const texts = useTexts().keyHealth;
  const { language } = useLanguage();
  const checking = useOrderChange("checkKey", (call) => call(KEY_HEALTH_CALLS.check));
  const { checkedAt, checkIntervalSeconds } = health;
  return (
    <>
      <div className={styles.line}>
        <Text>
          {checkedAt === undefined ? (
            texts.notChecked
          ) : (
            <>
              {texts.checkedAgo} <Age since={checkedAt} />.
            </>
          )}{" "}
          {checkIntervalSeconds !== undefined &&
            texts.checkedEvery(durationText(checkIntervalSeconds, language))}
        </Text>
        <OfferedTo action="checkKeyHealth">
          <Button
            icon={
              checking.isPending ? <Spinner size="tiny" aria-hidden /> : <ArrowClockwiseRegular />
            }
            disabledFocusable={checking.isPending}
            onClick={() => checking.mutate()}
          >
            {checking.isPending ? texts.checking : texts.checkNow}
          </Button>
        </OfferedTo>
      </div>
      <QueryProblem error={checking.error} />
    </>
  );
}
