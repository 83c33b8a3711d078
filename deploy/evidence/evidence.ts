/** A claim of the documentation, and the tests that fail if it is wrong. */
export type Evidence = {
  /** A heading of docs/design/evidence.md; pages link to its anchor. */
  readonly name: string;
  /** Path of a test file from the root of the repository → titles of its tests. */
  readonly shownBy: Readonly<Record<string, readonly string[]>>;
};
