import { explain, isErrorCode } from "@databox-cmk/errors";
import type { NoticeView } from "@databox-cmk/protocol";
import { EmptyState, FailureText, LoadingState, RULE_BELOW, textOf } from "@databox-cmk/ui";
import { Button, makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import {
  AlertRegular,
  CheckmarkCircleRegular,
  ErrorCircleRegular,
  PersonClockRegular,
  WarningRegular,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { parseOrderId } from "../core/arm-path.ts";
import { Age } from "../shell/age.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { ORDER, RouterLink } from "../shell/router-link.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";
import type { Notices } from "./use-notices.ts";

const ICONS = {
  "approval-waiting": PersonClockRegular,
  "key-at-risk": WarningRegular,
  "key-unusable": ErrorCircleRegular,
  "order-blocked": ErrorCircleRegular,
  "drill-finished": CheckmarkCircleRegular,
  "campaign-finished": CheckmarkCircleRegular,
  "policy-changed": WarningRegular,
  "access-revoked": ErrorCircleRegular,
  "all-revoked": ErrorCircleRegular,
  "emergency-access": WarningRegular,
  "emergency-used": WarningRegular,
} as const satisfies Record<NoticeView["kind"], unknown>;

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0 },
  notice: {
    display: "flex",
    alignItems: "start",
    gap: tokens.spacingHorizontalS,
    padding: tokens.spacingHorizontalS,
    overflowWrap: "anywhere",
    ...RULE_BELOW,
    borderInlineStartWidth: "3px",
    borderInlineStartStyle: "solid",
    borderInlineStartColor: "transparent",
  },
  unread: { borderInlineStartColor: tokens.colorBrandStroke1 },
  icon: { flexShrink: 0, fontSize: "20px", display: "flex" },
  "key-at-risk": { color: tokens.colorStatusWarningForeground1 },
  "key-unusable": { color: tokens.colorStatusDangerForeground1 },
  "order-blocked": { color: tokens.colorStatusDangerForeground1 },
  text: { display: "flex", flexDirection: "column", minWidth: 0, flexGrow: 1 },
  when: { color: tokens.colorNeutralForeground2 },
});

/** All notices, newest first, each with a link to the page where the reader can act. */
export function NoticesPanel({
  notices,
  error,
  tryAgain,
  markRead,
  onClose,
}: Notices & { readonly onClose: () => void }): ReactElement {
  const styles = useStyles();
  const { notices: texts, noticeSettings: settings } = useTexts();
  const unread = notices?.filter(({ isRead }) => !isRead).map(({ id }) => id) ?? [];
  return (
    <SidePanel
      title={texts.title}
      onClose={onClose}
      footer={
        <>
          <Button disabledFocusable={unread.length === 0} onClick={() => markRead(unread)}>
            {texts.markAllRead}
          </Button>
          <RouterLink to="/notifications" onClick={onClose}>
            {settings.title}
          </RouterLink>
        </>
      }
    >
      <QueryProblem error={error} onTryAgain={tryAgain} />
      {notices === undefined && error === null && <LoadingState />}
      {notices?.length === 0 && (
        <EmptyState icon={<AlertRegular />} title={texts.none}>
          <Text>{texts.noneHint}</Text>
        </EmptyState>
      )}
      {notices !== undefined && notices.length > 0 && (
        <ul className={styles.list} aria-label={texts.title}>
          {notices.map((notice) => (
            <Notice
              key={notice.id}
              notice={notice}
              onOpen={() => {
                if (!notice.isRead) markRead([notice.id]);
                onClose();
              }}
            />
          ))}
        </ul>
      )}
    </SidePanel>
  );
}

function Notice({
  notice,
  onOpen,
}: {
  readonly notice: NoticeView;
  readonly onOpen: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.notices;
  const { kind, isRead } = notice;
  const Icon = ICONS[kind];
  const isRepair = kind === "key-unusable" || kind === "order-blocked";
  const color = kind === "key-at-risk" || isRepair ? styles[kind] : undefined;
  return (
    <li className={mergeClasses(styles.notice, !isRead && styles.unread)}>
      <span className={mergeClasses(styles.icon, color)} aria-hidden>
        <Icon />
      </span>
      <div className={styles.text}>
        <NoticeLink notice={notice} onOpen={onOpen} />
        {"orderName" in notice && <Text size={200}>{words.order(notice.orderName)}</Text>}
        <Text size={200}>
          {kind === "key-at-risk" &&
            notice.risks.map((risk) => textOf(texts.keyHealth.risks, risk) ?? risk).join("; ")}
          {isRepair && (
            <FailureText
              text={isErrorCode(notice.code) ? explain(notice.code).title : notice.code}
            />
          )}
          {kind === "approval-waiting" &&
            (notice.serial === undefined
              ? texts.approvals.changeAsks
              : texts.approvals.nodeAsks(notice.serial))}
          {kind === "drill-finished" && words.nodes(notice.nodes)}
          {kind === "campaign-finished" && words.orders(notice.orders, notice.failed)}
        </Text>
        <Text size={200} className={styles.when}>
          {isRead ? words.read : words.unread} · <Age since={notice.at} />
        </Text>
      </div>
    </li>
  );
}

const PAGES = {
  "approval-waiting": `${ORDER}/approvals`,
  "key-at-risk": `${ORDER}/key-health`,
  "key-unusable": `${ORDER}/key-health`,
  "order-blocked": ORDER,
  "drill-finished": `${ORDER}/key-health`,
  "policy-changed": `${ORDER}/unlock-policy`,
  "access-revoked": `${ORDER}/key-health`,
  "emergency-access": `${ORDER}/approvals`,
  "emergency-used": `${ORDER}/approvals`,
} as const;

function NoticeLink({
  notice,
  onOpen,
}: {
  readonly notice: NoticeView;
  readonly onOpen: () => void;
}): ReactElement {
  const texts = useTexts().notices;
  if (notice.kind === "campaign-finished")
    return (
      <RouterLink
        to="/operator/campaigns/$campaignId"
        params={{ campaignId: notice.campaignId }}
        onClick={onOpen}
      >
        {notice.isDryRun ? texts.dryRunFinished : texts.kinds[notice.kind]}
      </RouterLink>
    );
  if (notice.kind === "all-revoked")
    return (
      <RouterLink to="/orders" onClick={onOpen}>
        {texts.kinds[notice.kind]}
      </RouterLink>
    );
  const name = parseOrderId(notice.orderId);
  if (name === undefined) return <Text>{texts.kinds[notice.kind]}</Text>;
  return (
    <RouterLink to={PAGES[notice.kind]} params={name} onClick={onOpen}>
      {texts.kinds[notice.kind]}
    </RouterLink>
  );
}
