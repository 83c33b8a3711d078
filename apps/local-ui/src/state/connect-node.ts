import { type Api, createApi } from "../api/create-api.ts";
import { createStateFeed, type StateFeed } from "./state-feed.ts";

export type NodeConnection = { readonly api: Api; readonly feed: StateFeed };

/** Extra time, so that the appliance has ended the session when the page asks. */
const IDLE_MARGIN_MS = 1_000;

/**
 * This browser's connection with its node. An open stream does not keep a session alive, so the
 * page asks at its end.
 */
export function connectNode(): NodeConnection {
  const feed = createStateFeed({
    open: (path) => new EventSource(path),
    nowMs: () => performance.now(),
  });
  const session = () => {
    const told = feed.view().state?.session;
    return told?.signedIn === true ? told : undefined;
  };
  let idle: number | undefined;
  const api = createApi({
    fetch: fetch.bind(globalThis),
    csrfToken: () => session()?.csrfToken,
    onUsed: () => {
      window.clearTimeout(idle);
      const signedIn = session();
      if (signedIn !== undefined)
        idle = window.setTimeout(feed.reopen, signedIn.idleSeconds * 1000 + IDLE_MARGIN_MS);
    },
    onSignedOut: feed.reopen,
  });
  return { api, feed };
}
