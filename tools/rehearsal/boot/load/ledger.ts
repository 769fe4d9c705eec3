/** What a post may be in the table: its content, or `null` for not there. */
type State = string | null;

interface Entry {
  owner: string;
  /** One state when the last write was answered, more when it was not. */
  possible: State[];
  /** Whether a write of it is under way. */
  busy: boolean;
  /** Counts the writes, so that a reader sees whether there was one meanwhile. */
  writes: number;
}

/** A post as the table has it. */
export interface StoredPost {
  id: string;
  user_id: string;
  content: string;
}

/**
 * What the API acknowledged, write by write. A write without an answer, or with a 5xx, may have happened or
 * not; both are accepted, and the post is not written again.
 */
export class Ledger {
  readonly #posts = new Map<string, Entry>();
  /** Contents of posts whose creation was not answered, with who wrote them. */
  readonly #unanswered = new Map<string, string>();
  #acknowledged = 0;

  /** Writes that were answered with a success. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  created(id: string, owner: string, content: string): void {
    this.#acknowledged++;
    this.#posts.set(id, { owner, possible: [content], busy: false, writes: 0 });
  }

  creationUnanswered(owner: string, content: string): void {
    this.#unanswered.set(content, owner);
  }

  /** A post that certainly exists and is not being written. */
  pick(random = Math.random): string | undefined {
    const ids = [...this.#posts.keys()];
    for (let attempt = 0; attempt < 20 && ids.length > 0; attempt++) {
      const id = ids[Math.floor(random() * ids.length)] as string;
      const { busy, possible } = this.#posts.get(id) as Entry;
      if (!busy && possible.length === 1 && possible[0] !== null) return id;
    }
    return undefined;
  }

  owner(id: string): string {
    return this.#entry(id).owner;
  }

  /** Begins a read; the function that it returns says whether what was read can be right. */
  beginRead(id: string): (content: string) => boolean {
    const entry = this.#entry(id);
    const { writes, possible } = entry;
    return (content) => entry.writes !== writes || possible.includes(content);
  }

  /** Whether the post was removed, is being written, or may have been removed. */
  mayBeGone(id: string): boolean {
    const { busy, possible } = this.#entry(id);
    return busy || possible.includes(null);
  }

  /** Begins a write to `next`, which ends with exactly one call of the functions that it returns. */
  beginWrite(id: string, next: State): { acknowledged(): void; unanswered(): void } {
    const entry = this.#entry(id);
    entry.busy = true;
    entry.writes++;
    return {
      acknowledged: () => {
        this.#acknowledged++;
        entry.possible = [next];
        entry.busy = false;
      },
      unanswered: () => {
        entry.possible.push(next);
        entry.busy = false;
      },
    };
  }

  /** Compares with the table. @returns what is missing, too much or different */
  mistakes(stored: Iterable<StoredPost>): string[] {
    const found = new Map([...stored].map((post) => [post.id, post]));
    const wrong = [...this.#posts].flatMap(([id, { possible }]) => {
      const state = found.get(id)?.content ?? null;
      if (possible.includes(state)) return [];
      return [
        `post ${id} is ${shown(state)}, acknowledged was ${possible.map(shown).join(" or ")}`,
      ];
    });
    const surplus = [...found.values()].flatMap(({ id, user_id, content }) =>
      this.#posts.has(id) || this.#unanswered.get(content) === user_id
        ? []
        : [`post ${id} is there, and nobody asked for it`],
    );
    return [...wrong, ...surplus];
  }

  #entry(id: string): Entry {
    const entry = this.#posts.get(id);
    if (!entry) throw new Error(`no post ${id} in the ledger`);
    return entry;
  }
}

function shown(state: State): string {
  return state === null ? "not there" : `"${state}"`;
}
