import * as z from "zod/mini";

const orderEvent = z.object({ id: z.string(), what: z.array(z.string()) });

const GATHER_MS = 300;

/**
 * Reports changed orders, several at a time: a fleet that locks at once causes one refetch, not a
 * thousand.
 *
 * @returns a function that ends it
 */
export function followOrders(
  open: (path: string) => EventSource,
  onChanged: (orderIds: ReadonlySet<string>) => void,
): () => void {
  const source = open("/portal/api/events");
  let gathered = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const changed = gathered;
    gathered = new Set();
    onChanged(changed);
  };
  source.addEventListener("order", ({ data }: MessageEvent<unknown>) => {
    const parsed = z.safeParse(orderEvent, parseJson(data));
    if (!parsed.success) return;
    gathered.add(parsed.data.id.toLowerCase());
    timer ??= setTimeout(flush, GATHER_MS);
  });
  return () => {
    if (timer !== undefined) clearTimeout(timer);
    source.close();
  };
}

function parseJson(data: unknown): unknown {
  try {
    return typeof data === "string" ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}
