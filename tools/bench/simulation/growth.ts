/** What each step of ten needs besides instances. */
import { loadOf, SECONDS, type Table, everyday as VISITS } from "../../stage/cost/load.ts";
import { capacityUnits } from "../../stage/cost/pricers/network.ts";
import { LOG_LINE_BYTES } from "../../stage/cost/pricers/operations.ts";
import { type Section, short, table } from "../tables.ts";

const RATES = [1000, 10_000, 100_000, 1_000_000];

/** What a partition of DynamoDB gives in a second, and what one read unit is of an eventually consistent read. */
const PARTITION = { write: 1000, read: 3000 };

/** Seconds that a client's connection to the balancer stays open without a request. */
const IDLE = 60;

/** What each step of ten needs. */
export function growth(): Section {
  const tables: Table[] = ["Users", "Logins", "Posts"];
  const rows = RATES.map((rps) => {
    const load = loadOf({ rps, tests: 0, pushes: 0, data: 0, mix: VISITS });
    const aSecond = (name: Table) => {
      const { read, write } = load.units(name);
      return { read: read / SECONDS, write: write / SECONDS };
    };
    const posts = aSecond("Posts");
    const partitions = tables.map((name) => {
      const { read, write } = aSecond(name);
      return Math.ceil(Math.max(read / PARTITION.read, write / PARTITION.write));
    });
    return [
      rps.toLocaleString("en"),
      short(posts.read),
      short(posts.write),
      partitions.join(", "),
      short((load.connections / SECONDS) * IDLE),
      short(capacityUnits({ load })),
      short((rps * LOG_LINE_BYTES * 86_400) / 1e9),
    ];
  });
  const head = ["Requests/s", "Posts: read units/s", "write units/s"];
  const more = [
    "partitions (Users, Logins, Posts)",
    "connections",
    "balancer's units",
    "log GB/day",
  ];
  return { title: "Growth", text: table([...head, ...more], rows) };
}
