export type Turns = <Value>(name: string, work: () => Promise<Value>) => Promise<Value>;

/**
 * Work of one name takes turns, in the order of asking; one that fails does not stop the next. Two writers of an order
 * would else both ask the vault, and one of them for nothing. async-mutex was looked at: a queue for each name, dropped
 * when it is empty, would still be ours.
 */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const before = last.get(name);
    const turn = before === undefined ? work() : before.then(work, work);
    last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (last.get(name) === turn) last.delete(name);
    }
  };
}
