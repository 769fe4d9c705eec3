/** The result of a proof, as Markdown for an issue. */
import { table } from "../../stage/cost/format.ts";

/** What clients experienced. */
export interface Clients {
  requests: number;
  failed: number;
}

interface Row {
  what: string;
  seconds: number;
  found: string;
  clients?: Clients | undefined;
}

/** Where, when and with what. */
export interface Setting {
  stage: string;
  region: string;
  /** The account's number, of which only the end is shown. */
  account: string;
  /** Revision of the code. */
  revision: string;
  began: Date;
  /** Whether the account is emulated, so that nothing serves and nothing costs. */
  emulated?: boolean;
  /** Announced cost in US dollars. */
  price: string;
}

/** Collects rows as they come. */
export class Report {
  readonly #rows: Row[] = [];
  #failure: string | undefined;

  /** Adds an action and its outcome. */
  add(row: Row): void {
    this.#rows.push(row);
  }

  /** Records what ended it. */
  fail(why: string): void {
    this.#failure ??= why;
  }

  /** Whether anything went wrong. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** The whole report. */
  toMarkdown({ stage, region, account, revision, began, price, emulated }: Setting): string {
    const rows = this.#rows.map(({ what, seconds, found, clients }) => [
      what,
      seconds.toFixed(0),
      clients ? `${clients.requests}` : "",
      clients ? `${clients.failed}` : "",
      found,
    ]);
    const day = began.toISOString().slice(0, 10);
    const costOf = () => [
      "## Cost",
      "",
      `By the price list $${price}, before any free tier. What AWS counted shows after a day: in Cost Explorer`,
      `by the tag \`stage\` = \`${stage}\`, once it is a cost allocation tag, or with`,
      "",
      "```sh",
      `npm run cost -- --stage ${stage} --actual`,
      "```",
      "",
      `Expect the lines Elastic Load Balancing, EC2 instances and their disks, public IPv4 addresses, and cents for`,
      `DynamoDB and S3, all of ${day}.`,
    ];
    return [
      `# Proof of stage ${stage}`,
      "",
      `${this.#failure ? `**Failed**: ${this.#failure}` : "**Passed.**"}`,
      "",
      `Revision ${revision}, region ${region}, account …${account.slice(-4)}, ${began.toISOString()}.`,
      "",
      table(["Step", ">Seconds", ">Requests", ">Failed", "Found"], rows),
      "",
      ...(emulated ? ["An emulator's account: nothing served there, nothing is paid."] : costOf()),
      "",
    ].join("\n");
  }
}
