import { randomUUID } from "node:crypto";
import { type Answer, type Call, HttpClient } from "./http.ts";
import { Ledger } from "./ledger.ts";

interface Author {
  id: string;
  token: string;
}

/** How a request ended: its status, or why there was none. */
export type Outcome = number | string;

export interface Done {
  outcome: Outcome;
  /** Whether it is what a user wants. */
  ok: boolean;
  write: boolean;
}

const AUTHORS = 6;
const FIRST_POSTS = 60;
const PASSWORD = "correct horse battery";

/** Users who read and write posts at random and record what was acknowledged. */
export class Clients {
  readonly ledger = new Ledger();
  /** Successful answers with wrong content. */
  readonly mistakes: string[] = [];
  readonly #targets: HttpClient[];
  readonly #authors: Author[] = [];
  #next = 0;

  /** @param urls where requests go, in turn */
  constructor(urls: string[], timeout: number) {
    this.#targets = urls.map((url) => new HttpClient(url, timeout));
  }

  /** Registers the users and writes the posts that the first reads find. */
  async prepare(): Promise<void> {
    for (let i = 0; i < AUTHORS; i++) this.#authors.push(await this.#register());
    for (let i = 0; i < FIRST_POSTS; i++) {
      const { ok, outcome } = await this.#create();
      if (!ok) throw new Error(`the load's first posts: ${outcome}`);
    }
  }

  /** One request: 70 % reads, 30 % writes. */
  act(dice = Math.random()): Promise<Done> {
    if (dice < 0.15) return this.#create();
    if (dice < 0.25) return this.#edit();
    if (dice < 0.3) return this.#remove();
    if (dice < 0.8) return this.#read();
    return this.#look(dice < 0.9 ? "" : "/posts?limit=10");
  }

  /** Ids of the users, who own every post of this load. */
  get authors(): string[] {
    return this.#authors.map(({ id }) => id);
  }

  close(): void {
    for (const target of this.#targets) target.close();
  }

  async #register(): Promise<Author> {
    const login = `load-${randomUUID()}`;
    const user = { name: "Load", login, password: PASSWORD };
    const created = await this.#send({ method: "POST", path: "/users/", body: user });
    const session = await this.#send({
      method: "POST",
      path: "/sessions",
      body: { login, password: PASSWORD },
    });
    if (created.status !== 201 || session.status !== 200) {
      throw new Error(`the load's users: ${created.status} ${session.status} ${session.body}`);
    }
    return { id: JSON.parse(created.body).id, token: JSON.parse(session.body).access_token };
  }

  async #create(): Promise<Done> {
    const { id: owner, token } = this.#author();
    const content = `Post ${randomUUID()}`;
    const call = { method: "POST", path: "/posts/", body: { content }, token };
    return this.#try(call, 201, true, {
      success: ({ body }) => this.ledger.created(JSON.parse(body).id, owner, content),
      failure: () => this.ledger.creationUnanswered(owner, content),
    });
  }

  async #edit(): Promise<Done> {
    const content = `Edited ${randomUUID()}`;
    return this.#change("PUT", content, { content });
  }

  #remove(): Promise<Done> {
    return this.#change("DELETE", null);
  }

  #change(method: string, next: string | null, body?: unknown): Promise<Done> {
    const id = this.ledger.pick();
    if (!id) return this.#create();
    const write = this.ledger.beginWrite(id, next);
    const token = this.#authors.find((author) => author.id === this.ledger.owner(id))?.token;
    const call = { method, path: `/posts/${id}`, token, ...(body !== undefined && { body }) };
    return this.#try(call, 200, true, { success: write.acknowledged, failure: write.unanswered });
  }

  #read(): Promise<Done> {
    const id = this.ledger.pick();
    if (!id) return this.#create();
    const canBe = this.ledger.beginRead(id);
    // A post may be removed after it was picked.
    return this.#try({ method: "GET", path: `/posts/${id}` }, 200, false, {
      success: ({ body }) => {
        const { content } = JSON.parse(body);
        if (!canBe(content)) this.mistakes.push(`post ${id} reads "${content}"`);
      },
      mayBeGone: () => this.ledger.mayBeGone(id),
    });
  }

  #look(suffix: string): Promise<Done> {
    return this.#try(
      { method: "GET", path: `/users/${this.#author().id}${suffix}` },
      200,
      false,
      {},
    );
  }

  async #try(
    call: Call,
    expected: number,
    write: boolean,
    then: { success?(answer: Answer): void; failure?(): void; mayBeGone?(): boolean },
  ): Promise<Done> {
    try {
      const answer = await this.#send(call);
      const gone = answer.status === 404 && then.mayBeGone?.() === true;
      const ok = answer.status === expected || gone;
      if (!ok) then.failure?.();
      else if (!gone) then.success?.(answer);
      return { outcome: answer.status, ok, write };
    } catch (error) {
      then.failure?.();
      const { code, message } = error as NodeJS.ErrnoException;
      return { outcome: code ?? message, ok: false, write };
    }
  }

  #send(call: Call): Promise<Answer> {
    const target = this.#targets[this.#next++ % this.#targets.length] as HttpClient;
    return target.send(call);
  }

  #author(): Author {
    return this.#authors[Math.floor(Math.random() * this.#authors.length)] as Author;
  }
}
