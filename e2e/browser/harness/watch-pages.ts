import type { BrowserContext } from "playwright-core";

const FAILED_ANSWER = /^Failed to load resource: the server responded with a status of [34]\d\d/;
const OWN_SCHEMES = new Set(["data:", "blob:"]);

/**
 * Reports events that are forbidden on every page of the portal. A refusal that the page requested
 * and explains is allowed: browsers print those too.
 */
export async function watchPages(
  context: BrowserContext,
  allowedOrigins: readonly string[],
  report: (problem: string) => void,
): Promise<void> {
  context.on("console", (message) => {
    if (message.type() === "error" && !FAILED_ANSWER.test(message.text()))
      report(`console: ${message.text()} ${message.location().url}`);
  });
  context.on("weberror", (error) => {
    report(`uncaught: ${String(error.error())}`);
  });
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (!OWN_SCHEMES.has(protocol) && !allowedOrigins.includes(origin))
      report(`request to another origin: ${request.url()}`);
  });
  context.on("response", (response) => {
    if (response.status() === 500) report(`500: ${response.request().method()} ${response.url()}`);
  });
  await context.exposeBinding("reportPolicyViolation", (_source, violation: string) => {
    report(`policy violation: ${violation}`);
  });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      // @ts-expect-error -- the binding above
      void globalThis.reportPolicyViolation(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
}
