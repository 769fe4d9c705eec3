import { randomUUID } from "node:crypto";
import type { Ledger } from "./ledger.ts";

interface Account {
  id: string;
  login: string;
  token: string;
  posts: string[];
}

/** Share of accounts that write very many posts. */
const LARGE = 0.03;

/** Posts of such an account: several pages of a sweep. */
const MANY = 400;

const PASSWORD = "correct horse battery";

/**
 * A client with one account at a time: registers, logs in, writes, reads, changes and removes at
 * random, and sometimes removes the account while it still writes.
 */
export class Client {
  readonly #url: string;
  readonly #ledger: Ledger;

  constructor(url: string, ledger: Ledger) {
    this.#url = url;
    this.#ledger = ledger;
  }

  /** @param until when to stop, in milliseconds since the epoch */
  async run(until: number): Promise<void> {
    while (Date.now() < until) {
      const account = await this.#register();
      if (!account) continue;
      if (Math.random() < LARGE) await this.#writeMany(account);
      const actions = 5 + Math.floor(Math.random() * 30);
      for (let i = 0; i < actions && Date.now() < until; i++) await this.#act(account);
      if (Math.random() < 0.7) await this.#leave(account);
    }
  }

  async #register(): Promise<Account | undefined> {
    const login = `Soak-${randomUUID()}`;
    const name = "A soaking user";
    const created = await this.#send("POST", "/users/", { name, login, password: PASSWORD }, [201]);
    if (!created) return undefined;
    const { id } = created as { id: string };
    this.#ledger.users.set(id, { name, login: login.toLowerCase() });
    const session = await this.#send("POST", "/sessions", { login, password: PASSWORD }, [200]);
    if (!session) return undefined;
    return { id, login, token: (session as { access_token: string }).access_token, posts: [] };
  }

  async #act(account: Account): Promise<void> {
    const dice = Math.random();
    const post = account.posts[Math.floor(Math.random() * account.posts.length)];
    if (dice < 0.4 || !post) return this.#write(account, [201]);
    if (dice < 0.6) return this.#read(post);
    if (dice < 0.7) return void (await this.#send("GET", `/users/${account.id}`, undefined, [200]));
    if (dice < 0.8) {
      return void (await this.#send("GET", `/users/${account.id}/posts`, undefined, [200]));
    }
    if (dice < 0.9) return this.#edit(account, post);
    return this.#remove(account, post);
  }

  async #write(account: Account, expected: number[]): Promise<void> {
    const content = `Post ${randomUUID()}`;
    const post = await this.#send("POST", "/posts/", { content }, expected, account.token);
    if (!post) return;
    const { id } = post as { id: string };
    account.posts.push(id);
    this.#ledger.posts.set(id, { user_id: account.id, content });
  }

  async #writeMany(account: Account): Promise<void> {
    for (let i = 0; i < MANY; i += 10) {
      await Promise.all(Array.from({ length: 10 }, () => this.#write(account, [201])));
    }
  }

  async #read(id: string): Promise<void> {
    const post = (await this.#send("GET", `/posts/${id}`, undefined, [200])) as { content: string };
    if (post?.content !== this.#ledger.posts.get(id)?.content) {
      this.#ledger.mistakes.push(`post ${id} reads ${post?.content}`);
    }
  }

  async #edit({ id, token }: Account, post: string): Promise<void> {
    const content = `Edited ${randomUUID()}`;
    await this.#send("PUT", `/posts/${post}`, { content }, [200], token);
    this.#ledger.posts.set(post, { user_id: id, content });
  }

  async #remove(account: Account, post: string): Promise<void> {
    await this.#send("DELETE", `/posts/${post}`, undefined, [200], account.token);
    account.posts = account.posts.filter((id) => id !== post);
    this.#ledger.posts.delete(post);
  }

  /** Removes the account, with writes in flight that may or may not succeed. */
  async #leave(account: Account): Promise<void> {
    await Promise.all([
      this.#send("DELETE", `/users/${account.id}`, undefined, [200], account.token),
      ...Array.from({ length: 3 }, () => this.#write(account, [201, 404])),
    ]);
    this.#ledger.removed(account.id);
  }

  /** @returns the body of a success; `undefined` for another expected answer */
  async #send(
    method: string,
    path: string,
    body: unknown,
    expected: number[],
    token?: string,
  ): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    this.#ledger.answered(response.status);
    if (!expected.includes(response.status)) {
      const got = `${response.status} ${JSON.stringify(answer)}`;
      this.#ledger.mistakes.push(`${method} ${path} answered ${got}`);
    }
    return response.ok ? answer : undefined;
  }
}
