import { invalidMember } from "../../core/failure-error.ts";
import type { Route } from "../../http/route.ts";
import { lookSoon } from "../../key-life/health/look-soon.ts";
import { noteKeyEvent } from "../../key-life/rotation/note-key-event.ts";
import { parseKeyEvents } from "../../key-life/rotation/parse-key-events.ts";
import type { Plane } from "../../orders/control-plane.ts";

const PATH = "/webhooks/v1/keyEvents";
/** Event Grid batches up to 64 KB by default; an event of a key has about one. */
const MAX_BYTES = 256 * 1024;
const EVENT_GRID_ORIGIN = "eventgrid.azure.net";
const ALLOWED_PER_MINUTE = 120;

/**
 * Receives Azure Event Grid's events about new key versions, expiring keys and changed access. An
 * event only triggers a check, and its content is not trusted: the poll and the health check call
 * the vault at the address that the order itself has.
 */
export function createKeyEventRoutes({
  store,
  now,
  settings,
}: Plane<"store" | "now" | "settings">): readonly Route[] {
  return [
    {
      method: "POST",
      path: PATH,
      described: {
        summary: "Accepts Azure Event Grid's event for a new key version, and asks the key's vault",
        answers: { 200: undefined },
      },
      authentication: "event-delivery",
      action: "Microsoft.DataBox/keyEvents/action",
      reads: "events",
      maxBytes: MAX_BYTES,
      handle: async ({ body }) => {
        const events = parseKeyEvents(body);
        // "Endpoint validation with Event Grid event schema": the synchronous handshake.
        if (events.kind === "validation")
          return { status: 200, body: { json: { validationResponse: events.code } } };
        let followed = 0;
        for (const key of events.keys)
          followed += await noteKeyEvent(store, key, settings.keyVaultSuffixes, now());
        for (const vaultName of events.vaultNames)
          await lookSoon(store, vaultName, settings.keyVaultSuffixes, now());
        return { status: 200, body: { json: { followed } } };
      },
    },
    {
      // CloudEvents 1.0 HTTP Web Hooks §4: abuse protection. It needs no token, and allows nothing
      // by itself.
      method: "OPTIONS",
      path: PATH,
      described: {
        summary:
          "Lets Event Grid deliver CloudEvents (CloudEvents HTTP Web Hooks, abuse protection)",
        answers: { 200: undefined },
      },
      authentication: "public",
      reads: "nothing",
      handle: (request) => {
        if (request.header("webhook-request-origin")?.toLowerCase() !== EVENT_GRID_ORIGIN)
          throw invalidMember("WebHook-Request-Origin", `expected ${EVENT_GRID_ORIGIN}`);
        return Promise.resolve({
          status: 200,
          headers: {
            allow: "POST, OPTIONS",
            "webhook-allowed-origin": EVENT_GRID_ORIGIN,
            "webhook-allowed-rate": String(ALLOWED_PER_MINUTE),
          },
        });
      },
    },
  ];
}
