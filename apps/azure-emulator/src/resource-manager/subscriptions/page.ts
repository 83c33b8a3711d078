import type { HttpAnswer } from "../../http/message.ts";
import type { ArmContext } from "../arm-context.ts";
import { badRequest } from "../arm-error.ts";

/**
 * A list, or with `$top` its first items and a link to the next ones. The token of the link is the
 * last id of the page, so a resource that is removed between two pages hides no other.
 *
 * @throws ArmError 400 for a `$top` that is not a number from 1 on.
 */
export function answerPage(
  items: readonly { readonly id: string }[],
  { request, deps }: Pick<ArmContext, "deps" | "request">,
): HttpAnswer {
  const top = request.query.get("$top");
  if (top === undefined) return { status: 200, body: { value: items } };
  if (!/^[1-9]\d{0,5}$/.test(top)) throw badRequest(`$top is not a number from 1 on: '${top}'.`);
  const after = request.query.get("$skiptoken") ?? "";
  const rest = items
    .map((item) => ({ item, place: item.id.toLowerCase() }))
    .filter(({ place }) => place > after)
    .toSorted((a, b) => (a.place < b.place ? -1 : 1));
  const page = rest.slice(0, Number(top));
  const last = page.at(-1);
  const value = page.map(({ item }) => item);
  if (last === undefined || page.length === rest.length) return { status: 200, body: { value } };
  const query = new URLSearchParams([...request.query]);
  query.set("$skiptoken", last.place);
  const nextLink = `${deps.endpoints.armUrl}${encodeURI(request.path)}?${query.toString()}`;
  return { status: 200, body: { value, nextLink } };
}
