import type { Transport } from "@databox-cmk/testkit";

/** @throws {Error} when it is not answered 200 */
export async function expectOk(transport: Transport, path: string, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const { status, text } = await transport.send("GET", path, { headers });
  if (status !== 200) throw new Error(`${path} answered ${String(status)}: ${text.slice(0, 200)}`);
}
