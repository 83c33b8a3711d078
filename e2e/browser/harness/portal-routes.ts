import type { Page } from "playwright-core";

/** Every route in the portal's own router, so that a new page is tested automatically. */
export async function readPortalRoutes(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    // @ts-expect-error -- TanStack Router puts itself there
    const { routesByPath } = globalThis["__TSR_ROUTER__"];
    return Object.keys(routesByPath);
  });
}

/**
 * Address of a route, with the order's name in its parameters.
 *
 * @throws {RangeError} for a parameter without a value
 */
export function routePath(route: string, parameters: Readonly<Record<string, string>>): string {
  return route.replaceAll(/\$(\w+)/g, (_whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new RangeError(`${route} needs a value for ${name}`);
    return encodeURIComponent(value);
  });
}

/** The addresses of all routes. */
export async function readPortalPaths(
  page: Page,
  parameters: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  return (await readPortalRoutes(page)).map((route) => routePath(route, parameters));
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * `orders`, `order`, `order-encryption`, `operator-fleet`; what has an id of its own is
 * `operator-campaigns-one`.
 */
export function pageName(path: string): string {
  const [section = "home", ...rest] = path
    .split("/")
    .filter((part) => part !== "")
    .map((part) => (GUID.test(part) ? "one" : part));
  const isOrder = section === "orders" && rest.length > 2;
  return (isOrder ? ["order", ...rest.slice(3)] : [section, ...rest]).join("-");
}

/** The person for whom a page is made. */
export function personFor(path: string): "ada@contoso.example" | "opal@databox.example" {
  const isOperators = path.startsWith("/operator/") || path.endsWith("/operations");
  return isOperators ? "opal@databox.example" : "ada@contoso.example";
}
