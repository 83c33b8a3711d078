/** One structured line; facts must not hold secrets (tokens, keys, bodies). */
export type Log = (
  level: "info" | "warning" | "error",
  message: string,
  facts?: Readonly<Record<string, string | number>>,
) => void;

export const silentLog: Log = () => undefined;
