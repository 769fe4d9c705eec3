/**
 * Items of a `Query`'s answer as JSON text, made from the answer's bytes in one go: objects for each
 * attribute, or strings, are what a page of items costs most, as V8 has to collect them.
 */
import { fromWire } from "./wire.ts";

/** Attributes of an item, in the order in which its text has them. */
export type Fields = readonly string[];

/** Items as JSON with commas between them. */
export class ItemTexts {
  readonly #bytes: Buffer;
  /** Where each item ends. */
  readonly #ends: readonly number[];

  constructor(bytes: Buffer, ends: readonly number[]) {
    this.#bytes = bytes;
    this.#ends = ends;
  }

  /** Of items that were read as objects. */
  static of(items: readonly Record<string, unknown>[], fields: Fields): ItemTexts {
    const ends: number[] = [];
    const texts = items.map((item) =>
      JSON.stringify(Object.fromEntries(fields.map((field) => [field, item[field]]))),
    );
    for (const text of texts) ends.push((ends.at(-1) ?? -1) + 1 + Buffer.byteLength(text));
    return new ItemTexts(Buffer.from(texts.join()), ends);
  }

  get length(): number {
    return this.#ends.length;
  }

  /** The first items. */
  first(count: number): Buffer {
    return this.#bytes.subarray(0, count === 0 ? 0 : this.#ends[count - 1]);
  }

  /** An item, read. */
  at<Item>(index: number): Item {
    const start = index === 0 ? 0 : (this.#ends[index - 1] as number) + 1;
    return JSON.parse(this.#bytes.toString("utf8", start, this.#ends[index]));
  }
}

/** A `Query`'s output, its items being text. */
export interface TextOutput {
  Items: ItemTexts;
  LastEvaluatedKey?: Record<string, unknown>;
}

const ITEMS = Buffer.from('"Items":[');

/**
 * What a successful answer to a `Query` says, or `undefined` if it is not simple (see {@link fromWire}).
 * @param fields Others are left out.
 */
export function readPage(body: Buffer, fields: Fields): TextOutput | undefined {
  // Quotation marks are escaped within a text, so this is never a part of one.
  const start = body.indexOf(ITEMS) + ITEMS.length;
  if (start < ITEMS.length) return undefined;
  const reader = new Reader(body, start, fields);
  if (!reader.read()) return undefined;
  const around = body.toString("utf8", 0, start) + body.toString("utf8", reader.at);
  const rest = fromWire(around) as TextOutput | undefined;
  return rest && { ...rest, Items: reader.texts() };
}

const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE, END] = Buffer.from('"\\,{}]');
const TEXT = Buffer.from(':{"S":');

/** Reads a list of items, each attribute of which is written as `"name":{"S":"value"}`. */
class Reader {
  /** The first byte that is not read yet. */
  at: number;
  readonly #body: Buffer;
  readonly #fields: Fields;
  readonly #names: readonly Buffer[];
  /** Where each field of each item starts and ends in the body; 0 if the item lacks it. */
  readonly #places: number[] = [];

  constructor(body: Buffer, start: number, fields: Fields) {
    this.#body = body;
    this.at = start;
    this.#fields = fields;
    this.#names = namesOf(fields);
  }

  /** @returns whether there is text alone; `at` is then the end of the list */
  read(): boolean {
    while (this.#accept(OPEN)) {
      const item = this.#places.length;
      for (let i = 0; i < 2 * this.#fields.length; i++) this.#places.push(0);
      if (!this.#readItem(item)) return false;
      this.#accept(COMMA);
    }
    return this.#body[this.at] === END;
  }

  /** What was read. */
  texts(): ItemTexts {
    const places = this.#places;
    const names = this.#names;
    const items = places.length / 2 / names.length;
    // Less than the body had.
    const bytes = Buffer.allocUnsafeSlow(this.#body.length);
    const ends: number[] = [];
    let at = 0;
    for (let item = 0; item < items; item++) {
      if (item > 0) bytes[at++] = COMMA as number;
      bytes[at++] = OPEN as number;
      let begun = false;
      for (let field = 0; field < names.length; field++) {
        const place = 2 * (item * names.length + field);
        const [start, end] = [places[place] as number, places[place + 1] as number];
        if (start === 0) continue;
        if (begun) bytes[at++] = COMMA as number;
        begun = true;
        at += (names[field] as Buffer).copy(bytes, at);
        at += this.#body.copy(bytes, at, start, end);
      }
      bytes[at++] = CLOSE as number;
      ends.push(at);
    }
    return new ItemTexts(bytes.subarray(0, at), ends);
  }

  #readItem(item: number): boolean {
    while (this.#body[this.at] === QUOTE) {
      const name = this.at;
      if (!this.#readText()) return false;
      const nameEnd = this.at;
      for (let i = 0; i < TEXT.length; i++) if (!this.#accept(TEXT[i])) return false;
      const start = this.at;
      if (!this.#readText()) return false;
      const field = this.#fieldOf(name, nameEnd);
      if (field !== -1) {
        this.#places[item + 2 * field] = start;
        this.#places[item + 2 * field + 1] = this.at;
      }
      if (!this.#accept(CLOSE)) return false;
      this.#accept(COMMA);
    }
    return this.#accept(CLOSE);
  }

  /** Reads a text with its quotation marks. */
  #readText(): boolean {
    const body = this.#body;
    if (body[this.at] !== QUOTE) return false;
    let at = this.at + 1;
    while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
    this.at = at + 1;
    return at < body.length;
  }

  #accept(byte: number | undefined): boolean {
    if (this.#body[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  #fieldOf(start: number, end: number): number {
    for (let field = 0; field < this.#names.length; field++) {
      const name = this.#names[field] as Buffer;
      // A name is followed by its colon.
      if (name.length !== end - start + 1) continue;
      let same = 0;
      while (same < name.length && name[same] === this.#body[start + same]) same++;
      if (same === name.length) return field;
    }
    return -1;
  }
}

const known = new WeakMap<Fields, readonly Buffer[]>();

/** Fields as they stand in JSON, with quotation marks and colon. */
function namesOf(fields: Fields): readonly Buffer[] {
  let names = known.get(fields);
  if (!names) {
    names = fields.map((field) => Buffer.from(`${JSON.stringify(field)}:`));
    known.set(fields, names);
  }
  return names;
}
