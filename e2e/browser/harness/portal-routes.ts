import type { Page } from "playwright-core";

/**
 * Every address that the portal's own router knows, with the order's name in its parameters, so that a new page is looked
 * at without anybody adding it to a test.
 *
 * @throws {RangeError} for a parameter that nobody gave a value
 */
export async function readPortalPaths(
  page: Page,
  parameters: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const routes = await page.evaluate(() => {
    // @ts-expect-error -- TanStack Router puts itself there
    const { routesByPath } = globalThis["__TSR_ROUTER__"];
    return Object.keys(routesByPath);
  });
  return routes.map((route) =>
    route.replaceAll(/\$(\w+)/g, (_whole, name: string) => {
      const value = parameters[name];
      if (value === undefined) throw new RangeError(`${route} needs a value for ${name}`);
      return encodeURIComponent(value);
    }),
  );
}
