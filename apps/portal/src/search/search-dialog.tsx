import { ERRORS } from "@databox-cmk/errors";
import { FailureText, LoadingState } from "@databox-cmk/ui";
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  SearchBox,
  Text,
  tokens,
} from "@fluentui/react-components";
import { useQueries } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, type ReactNode, useId, useState } from "react";

import { parseOrderId } from "../core/arm-path.ts";
import { findCodes } from "../core/find-codes.ts";
import { useReturnFocus } from "../focus/focus.ts";
import { orderPageQuery } from "../orders/order-page-query.ts";
import { useIsOperator, useSignedIn } from "../queries/session-context.ts";
import { useSubscriptions } from "../queries/use-subscriptions.ts";
import { PAGES } from "../shell/pages.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { ORDER, RouterLink } from "../shell/router-link.tsx";
import { useSettled } from "../shell/use-settled.ts";
import type { Texts } from "../texts/en.ts";
import { useTexts } from "../texts/texts.ts";

const MOST_CODES = 5;
/** A shorter text is in every code. */
const SHORTEST_CODE_SEARCH = 3;

const useStyles = makeStyles({
  surface: { marginBlockStart: tokens.spacingVerticalXXXL, maxHeight: "80vh" },
  content: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    minHeight: "240px",
    // Room for the focus ring of the field.
    padding: tokens.spacingHorizontalXXS,
  },
  field: { maxWidth: "100%", width: "100%" },
  list: { listStyleType: "none", margin: 0, padding: 0 },
  result: {
    display: "flex",
    flexDirection: "column",
    paddingBlock: tokens.spacingVerticalXS,
    overflowWrap: "anywhere",
  },
  fact: { color: tokens.colorNeutralForeground2 },
});

/** Finds pages, orders by name or serial number, and codes. Enter opens the first result. */
export function SearchDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.search;
  const isOperator = useIsOperator();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  useReturnFocus();
  const orders = useFoundOrders(text);
  const pages = findPages(text, texts, isOperator);
  const codes =
    text.trim().length < SHORTEST_CODE_SEARCH
      ? []
      : findCodes(text, texts.ui.failureText).slice(0, MOST_CODES);
  const found = [
    ...pages.map(
      ({ to, name }) => ({ key: to, kind: "pages", link: { to }, name, fact: "" }) as const,
    ),
    ...orders.found.flatMap(({ id, name, resourceGroup }) => {
      const params = parseOrderId(id);
      if (params === undefined) return [];
      const link = { to: isOperator ? `${ORDER}/operations` : ORDER, params } as const;
      return [{ key: id, kind: "orders", link, name, fact: resourceGroup } as const];
    }),
    ...codes.map(
      (code) =>
        ({
          key: code,
          kind: "codes",
          link: { to: "/troubleshooter", search: { code } },
          name: <FailureText text={ERRORS[code].title} />,
          fact: code,
        }) as const,
    ),
  ];
  return (
    <Dialog
      open
      onOpenChange={(_event, { open }) => {
        if (!open) onClose();
      }}
    >
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{words.title}</DialogTitle>
          <DialogContent className={styles.content}>
            <form
              role="search"
              onSubmit={(event) => {
                event.preventDefault();
                const first = found[0];
                if (first === undefined || orders.isPending) return;
                onClose();
                void navigate(first.link);
              }}
            >
              <SearchBox
                autoFocus
                className={styles.field}
                placeholder={words.placeholder}
                aria-label={words.placeholder}
                value={text}
                onChange={(_event, { value }) => setText(value)}
              />
            </form>
            {(["pages", "orders", "codes"] as const).map((kind) => {
              const ofKind = found.filter((each) => each.kind === kind);
              return (
                ofKind.length > 0 && (
                  <Results key={kind} title={words.kinds[kind]}>
                    {ofKind.map(({ key, link, name, fact }) => (
                      <li key={key} className={styles.result}>
                        <RouterLink {...link} onClick={onClose}>
                          {name}
                        </RouterLink>
                        {fact !== "" && (
                          <Text size={200} className={styles.fact}>
                            {fact}
                          </Text>
                        )}
                      </li>
                    ))}
                  </Results>
                )
              );
            })}
            {orders.isPending && <LoadingState />}
            <QueryProblem error={orders.error} />
            <Text role="status">
              {text !== "" && !orders.isPending && words.found(found.length)}
            </Text>
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Results({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Text as="h3" id={id} weight="semibold">
        {title}
      </Text>
      <ul className={styles.list}>{children}</ul>
    </section>
  );
}

/** In each subscription. */
const MOST = 8;

/** Orders whose name or serial number contains the text, once the reader pauses. */
function useFoundOrders(text: string) {
  const { client } = useSignedIn();
  const isOperator = useIsOperator();
  const subscriptions = useSubscriptions();
  const wanted = text.trim();
  const search = useSettled(wanted);
  const scopes = isOperator
    ? [undefined]
    : (subscriptions.data ?? []).map(({ subscriptionId }) => subscriptionId);
  const results = useQueries({
    queries: scopes.map((subscriptionId) => ({
      ...orderPageQuery(client, subscriptionId, { search }, undefined, MOST),
      enabled: search !== "",
    })),
  });
  return {
    found: search === "" ? [] : results.flatMap(({ data }) => data?.value ?? []),
    isPending: wanted !== search || results.some(({ isLoading }) => isLoading),
    error: results.find(({ error }) => error !== null)?.error ?? null,
  };
}

/** Pages whose title contains the text, in the order of the menu. */
function findPages(text: string, texts: Texts, isOperator: boolean) {
  const wanted = text.trim().toLowerCase();
  return [...PAGES.everybody, ...(isOperator ? PAGES.operators : [])]
    .map(({ to, titleOf }) => ({ to, name: titleOf(texts) }))
    .filter(({ name }) => name.toLowerCase().includes(wanted));
}
