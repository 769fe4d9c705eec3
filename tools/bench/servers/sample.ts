import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the servers without a database answer: the same fields and sizes as the others. */
export const USER = {
  id: "019a9c5e-7b1a-7c3d-9e4f-2a6b8c0d1e2f",
  name: "Ada Lovelace",
  login: "ada.lovelace",
};

export const POST = {
  id: "019a9c5e-7b1a-7c3d-9e4f-2a6b8c0d1e2e",
  user_id: USER.id,
  content: "x".repeat(200),
  date: "2026-01-31T12:00:00.000Z",
  last_update: "2026-01-31T12:00:00.000Z",
};

export const POSTS = { items: Array(20).fill(POST), next_cursor: null };

/** Tells the bench where a server listens. */
export function announce(server: Server): void {
  process.send?.({ port: (server.address() as AddressInfo).port });
}
