import { type ErrorCode, type ErrorRow, ERRORS, explain, isErrorCode } from "@databox-cmk/errors";
import { CopyButton, EmptyState, Facts, FailureText, Section, StepList } from "@databox-cmk/ui";
import { makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import { BookSearchRegular } from "@fluentui/react-icons";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { findCodes } from "../core/find-codes.ts";
import { useKeptFocus } from "../focus/focus.ts";
import { below, LAPTOP_PX } from "../shell/breakpoints.ts";
import { SearchFilter } from "../shell/filters.tsx";
import { Page } from "../shell/page.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";

const route = getRouteApi("/troubleshooter");
const NARROW = below(LAPTOP_PX);

const useStyles = makeStyles({
  columns: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 380px) minmax(0, 1fr)",
    gap: tokens.spacingHorizontalXXL,
    alignItems: "start",
    [NARROW]: { gridTemplateColumns: "minmax(0, 1fr)" },
  },
  side: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  besideArticle: { [NARROW]: { display: "none" } },
  list: { margin: 0, padding: 0, listStyleType: "none" },
  item: {
    display: "flex",
    flexDirection: "column",
    paddingBlock: tokens.spacingVerticalXS,
    paddingInline: tokens.spacingHorizontalS,
    overflowWrap: "anywhere",
  },
  chosen: { backgroundColor: tokens.colorNeutralBackground1Selected },
  code: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
  back: { display: "none", [NARROW]: { display: "block" } },
});

/** Every code with its cause, who must act, and the commands. */
export function TroubleshooterPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const navigate = useNavigate({ from: "/troubleshooter" });
  const search = route.useSearch();
  const { code } = search;
  // A narrow screen shows the list or an article.
  useKeptFocus(code);
  const codes = findCodes(search.search ?? "", texts.ui.failureText);
  return (
    <Page title={texts.troubleshooter.title} icon={<BookSearchRegular />}>
      <div className={styles.columns}>
        <div className={mergeClasses(styles.side, code !== undefined && styles.besideArticle)}>
          <SearchFilter
            label={texts.troubleshooter.search}
            value={search.search ?? ""}
            onChange={(value) => {
              void navigate({ search: value === "" ? {} : { search: value }, replace: true });
            }}
          />
          <Text role="status">{texts.troubleshooter.found(codes.length)}</Text>
          <ul className={styles.list} aria-label={texts.troubleshooter.codes}>
            {codes.map((each) => (
              <li key={each} className={mergeClasses(styles.item, each === code && styles.chosen)}>
                <RouterLink
                  to="/troubleshooter"
                  search={{ ...search, code: each }}
                  aria-current={each === code ? "true" : undefined}
                >
                  <FailureText text={ERRORS[each].title} />
                </RouterLink>
                <span className={styles.code}>{each}</span>
              </li>
            ))}
          </ul>
        </div>
        <div>
          {code !== undefined && (
            <div className={styles.back}>
              <RouterLink
                to="/troubleshooter"
                search={search.search === undefined ? {} : { search: search.search }}
              >
                {texts.troubleshooter.allCodes}
              </RouterLink>
            </div>
          )}
          {code === undefined ? (
            <EmptyState icon={<BookSearchRegular />} title={texts.troubleshooter.choose} />
          ) : isErrorCode(code) ? (
            <Article code={code} />
          ) : (
            <EmptyState icon={<BookSearchRegular />} title={texts.troubleshooter.unknown(code)}>
              <Text>{texts.troubleshooter.unknownHint}</Text>
            </EmptyState>
          )}
        </div>
      </div>
    </Page>
  );
}

const useArticleStyles = makeStyles({
  article: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    overflowWrap: "anywhere",
  },
  code: { fontFamily: tokens.fontFamilyMonospace },
  reason: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    paddingInlineStart: tokens.spacingHorizontalM,
    borderInlineStartWidth: tokens.strokeWidthThick,
    borderInlineStartStyle: "solid",
    borderInlineStartColor: tokens.colorNeutralStroke1,
  },
});

/** One row of the table of codes. */
function Article({ code }: { readonly code: ErrorCode }): ReactElement {
  const styles = useArticleStyles();
  const texts = useTexts();
  const row: ErrorRow = ERRORS[code];
  const { steps } = explain(code);
  return (
    <article className={styles.article}>
      <Section title={<FailureText text={row.title} />}>
        <Text>
          <FailureText text={`${row.message}.`} />
        </Text>
        <Text>
          <FailureText text={row.why} />
        </Text>
        <Facts
          facts={[
            [
              texts.ui.explanation.code,
              <span className={styles.code}>
                {code}
                <CopyButton value={code} what={texts.ui.explanation.code} />
              </span>,
            ],
            [texts.ui.explanation.whoActs, texts.ui.who[row.who]],
            [texts.troubleshooter.class, texts.troubleshooter.classes[row.class]],
            [texts.ui.explanation.recoverableLabel, texts.ui.recoverable[row.recoverable]],
            [texts.troubleshooter.httpStatus, String(row.httpStatus)],
          ]}
        />
        <Text>
          <strong>{texts.troubleshooter.meanwhile}</strong> <FailureText text={row.meanwhile} />
        </Text>
        {steps.length > 0 && <StepList steps={steps} />}
      </Section>
      {Object.keys(row.reasons ?? {}).length > 0 && (
        <Section title={texts.troubleshooter.reasons}>
          {Object.keys(row.reasons ?? {}).map((reason) => (
            <Reason key={reason} code={code} reason={reason} />
          ))}
        </Section>
      )}
    </article>
  );
}

/** A finer cause of the same code, with its own steps. */
function Reason({
  code,
  reason,
}: {
  readonly code: ErrorCode;
  readonly reason: string;
}): ReactElement {
  const styles = useArticleStyles();
  const texts = useTexts();
  const { message, who, steps } = explain(code, { reason });
  return (
    <div className={styles.reason}>
      <Text as="h3" weight="semibold" className={styles.code}>
        {reason}
      </Text>
      <Text>
        <FailureText text={`${message}.`} />
      </Text>
      <Text>{`${texts.ui.explanation.whoActs}: ${texts.ui.who[who]}`}</Text>
      {steps.length > 0 && <StepList steps={steps} />}
    </div>
  );
}
