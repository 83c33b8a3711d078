import { viewKey } from "../core/key-vault/key-view.ts";
import { cutPage, parsePageRequest } from "../core/key-vault/paging.ts";
import { renderDeletion, renderKeyItem } from "../core/key-vault/render-key.ts";
import type { Key } from "../core/model.ts";
import {
  done,
  type Exchange,
  type Outcome,
  refuse,
  renderContext,
  withoutPayload,
} from "./exchange.ts";

export const listKeysOperation = withoutPayload((exchange) =>
  answerPage(
    exchange,
    keysOf(exchange, "live"),
    (key) => key.name.toLowerCase(),
    (key) => renderKeyItem(renderContext(exchange), key),
  ),
);

export const listDeletedKeysOperation = withoutPayload((exchange) =>
  answerPage(
    exchange,
    keysOf(exchange, "deleted"),
    (key) => key.name.toLowerCase(),
    (key) => {
      const context = renderContext(exchange);
      const deletion =
        key.lifecycle.kind === "deleted" ? renderDeletion(context, key, key.lifecycle) : {};
      return { ...deletion, ...renderKeyItem(context, key) };
    },
  ),
);

/** Versions by their ids, as Azure has them (recordings of listKeyVersions); an unknown key has none. */
export const listVersionsOperation = withoutPayload((exchange) => {
  const { view } = exchange;
  if (view.kind !== "live") return done({ value: [], nextLink: null });
  return answerPage(
    exchange,
    view.key.versions.toSorted((a, b) => (a.version < b.version ? -1 : 1)),
    ({ version }) => version,
    (version) => renderKeyItem(renderContext(exchange), view.key, version),
  );
});

function keysOf({ state, vault, nowMs }: Exchange, kind: "live" | "deleted"): Key[] {
  return state.list("key", `${vault.name}/`).filter((key) => viewKey(key, nowMs).kind === kind);
}

function answerPage<T>(
  exchange: Pick<Exchange, "request" | "apiVersion" | "vaultUrl">,
  items: readonly T[],
  nameOf: (item: T) => string,
  render: (item: T) => object,
): Outcome {
  const pageRequest = parsePageRequest(exchange.request.query);
  if ("status" in pageRequest) return refuse(pageRequest);
  const page = cutPage(items, nameOf, pageRequest);
  const value = page.items.map(render);
  if (page.next === undefined) return done({ value, nextLink: null });
  const query = new URLSearchParams({
    "api-version": exchange.apiVersion,
    $skiptoken: page.next,
    maxresults: String(pageRequest.size),
  });
  return done({
    value,
    nextLink: `${exchange.vaultUrl}${exchange.request.path}?${query.toString()}`,
  });
}
