/**
 * The address of the database in DATABASE_URL. A host that begins with "/" is the folder of a Unix
 * socket.
 */
export type DatabaseUrl = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
};

const DEFAULT_PORT = 5432;

/**
 * `postgresql://user@host[:port]/database`; the folder of a Unix socket is written percent-encoded
 * in place of the host.
 *
 * @returns undefined for anything else, including a URL with a password
 */
export function parseDatabaseUrl(text: string): DatabaseUrl | undefined {
  const url = URL.parse(text);
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) return undefined;
  const database = decodeURIComponent(url.pathname.slice(1));
  const isPlain = url.search === "" && url.hash === "" && url.password === "";
  if (!isPlain || url.username === "" || url.hostname === "" || !/^[^/]{1,63}$/.test(database))
    return undefined;
  return {
    host: decodeURIComponent(url.hostname).replaceAll(/^\[|\]$/g, ""),
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    user: decodeURIComponent(url.username),
    database,
  };
}
