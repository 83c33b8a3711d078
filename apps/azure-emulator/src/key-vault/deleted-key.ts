import { newestVersion } from "../core/key-vault/key-view.ts";
import { REFUSALS } from "../core/key-vault/refusal.ts";
import { renderDeletion, renderKeyBundle } from "../core/key-vault/render-key.ts";
import type { Key } from "../core/model.ts";
import { purgeKey } from "../state/purge.ts";
import { deletedKey, done, refuse, renderContext, withoutPayload } from "./exchange.ts";

export const getDeletedOperation = withoutPayload((exchange) => {
  const { key, deletion } = deletedKey(exchange);
  const context = renderContext(exchange);
  return done({
    ...renderDeletion(context, key, deletion),
    ...renderKeyBundle(context, key, newestVersion(key)),
  });
});

export const recoverOperation = withoutPayload((exchange) => {
  const { key } = deletedKey(exchange);
  const visibleAtMs = exchange.nowMs + exchange.faults.visibilityDelayMs(exchange.vault.name);
  const recovered: Key = { ...key, lifecycle: { kind: "recovered", visibleAtMs } };
  exchange.state.put("key", recovered);
  return done(renderKeyBundle(renderContext(exchange), recovered, newestVersion(recovered)));
});

export const purgeOperation = withoutPayload((exchange) => {
  const { vault, state, choose } = exchange;
  const { key } = deletedKey(exchange);
  if (vault.purgeProtectionEnabled)
    return refuse(REFUSALS.purgeProtected(Number(choose("purge-protection-status")), vault));
  purgeKey(state, vault.name, key.name);
  return { kind: "no-content" };
});
