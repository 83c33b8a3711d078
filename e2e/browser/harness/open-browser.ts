import type { StackDescription } from "@databox-cmk/local-stack";
import type { BrowserContextOptions } from "playwright-core";

import { CHROMIUM, type Engine } from "./engines.ts";
import { readServerKey } from "./server-key.ts";
import { createVisit, type Visit } from "./visit.ts";
import { watchPages } from "./watch-pages.ts";

export type Person =
  | "ada@contoso.example"
  | "grace@contoso.example"
  | "ren@contoso.example"
  | "opal@databox.example";

export type StackBrowser = {
  /** A private window without a session. */
  open(options?: BrowserContextOptions): Promise<Visit>;
  /** Likewise, at the page of a node. */
  openNode(uiUrl: string, options?: BrowserContextOptions): Promise<Visit>;
  /**
   * Likewise, and the person chooses themself on the sign-in page on the way to a page of the
   * portal.
   */
  signIn(person: Person, path?: string, options?: BrowserContextOptions): Promise<Visit>;
  /**
   * Forbidden events of any page: console errors, policy violations, requests elsewhere, answers
   * with 500.
   */
  problems(): readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
};

/** One step may take as long on a machine that is busy. */
const PATIENCE_MS = 180_000;
const WINDOW = { width: 1440, height: 900 };

/**
 * A real browser in front of a stack.
 *
 * @param nodes - addresses of the nodes' own pages, if a test opens them too
 * @param pictures - folder below `artifacts/browser` for this file's screenshots
 */
export async function openBrowser(
  {
    portalUrl,
    brokerUrl,
    authorityUrl,
  }: Pick<StackDescription, "portalUrl" | "brokerUrl" | "authorityUrl">,
  pictures: string,
  nodes: readonly string[] = [],
  { launch, contextOptions }: Engine = CHROMIUM,
): Promise<StackBrowser> {
  const servers = [brokerUrl, authorityUrl, ...nodes];
  const browser = await launch(await Promise.all(servers.map(readServerKey)));
  const problems: string[] = [];
  const open = async (options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({
      viewport: WINDOW,
      locale: "en-GB",
      timezoneId: "Europe/Berlin",
      reducedMotion: "reduce",
      ...contextOptions,
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    await watchPages(context, servers, (problem) => problems.push(problem));
    return createVisit(await context.newPage(), portalUrl, pictures);
  };
  return {
    open,
    async openNode(uiUrl, options) {
      const visit = await open(options);
      await visit.page.goto(uiUrl);
      await visit.settled();
      return visit;
    },
    async signIn(person, path = "/orders", options = {}) {
      const visit = await open(options);
      await visit.page.goto(`${portalUrl}${path}`);
      await visit.page.locator(`button[value="${person}"]`).click();
      // The sign-in page has a heading, too.
      await visit.page.waitForURL(`${portalUrl}/**`);
      await visit.settled();
      return visit;
    },
    problems: () => [...problems],
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
