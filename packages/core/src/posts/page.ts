import type { ItemTexts } from "../dynamodb/item-text.ts";
import type { Post, PostPosition } from "./post.ts";

/** A page of posts, newest first. It is kept as JSON, as most pages are only passed on. */
export class PostPage {
  readonly #texts: ItemTexts;
  readonly #length: number;
  readonly #more: boolean;

  /**
   * @param length how many of the posts the page has
   * @param more whether another page follows
   */
  constructor(texts: ItemTexts, length: number, more: boolean) {
    this.#texts = texts;
    this.#length = length;
    this.#more = more;
  }

  /** The posts as JSON in UTF-8, with commas between them. */
  get json(): Buffer {
    return this.#texts.first(this.#length);
  }

  get posts(): Post[] {
    return JSON.parse(`[${this.json}]`);
  }

  /** Where the next page starts; `undefined` at the end. */
  get next(): PostPosition | undefined {
    return this.#more && this.#length > 0 ? this.#texts.at(this.#length - 1) : undefined;
  }
}
