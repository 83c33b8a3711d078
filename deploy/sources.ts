import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * When what is built was written, in seconds: the same sources give the same bytes
 * (reproducible-builds.org, SOURCE_DATE_EPOCH). Without that variable, the time of the commit;
 * outside a repository, as in the broker's container build, now.
 */
export function sourceDateSeconds(): number {
  const given = process.env["SOURCE_DATE_EPOCH"];
  if (given !== undefined) return Number(given);
  return Number(git("log", "-1", "--format=%ct") ?? Math.floor(Date.now() / 1000));
}

/**
 * The name of the sources in the programs: the nearest tag, the commits since and the commit. In a
 * clone without tags it is the commit alone. `DATABOX_REVISION` replaces it, so that such a clone
 * can rebuild a release. A whole hash is cut to the length that `git describe` gives here.
 *
 * @throws {Error} for one that brokers would refuse in an agent's name (`deviceText`)
 */
export function sourceRevision(): string {
  const words = ["--tags", "--match=v[0-9]*", "--always", "--abbrev=12", "--dirty"];
  const found = process.env["DATABOX_REVISION"] ?? git("describe", ...words);
  if (found === undefined) return "unknown revision";
  const revision = found.replace(/[0-9a-f]{40,}/, (hash) => hash.slice(0, 12));
  if (/^[\w.+-]{1,40}$/.test(revision)) return revision;
  throw new Error(
    `the revision ${JSON.stringify(revision)} is not 1 to 40 of A-Z a-z 0-9 _ . + -: set DATABOX_REVISION`,
  );
}

/** @returns the commit, with `-dirty` if its files have changed; `undefined` outside a repository */
export function sourceCommit(): string | undefined {
  return git("describe", "--match=", "--always", "--abbrev=40", "--dirty");
}

function git(...words: string[]): string | undefined {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const options = { cwd, encoding: "utf8" } as const;
  const { status, stdout } = spawnSync("git", ["--no-optional-locks", ...words], options);
  return status === 0 ? stdout.trim() : undefined;
}
