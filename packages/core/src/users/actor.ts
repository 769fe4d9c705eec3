import { DomainError } from "../errors.ts";
import type { UserItem } from "./user.ts";

/** Stands for everybody (`API_AUTH=open`). */
export const ANYBODY: unique symbol = Symbol("anybody");

/** A logged-in user, according to their token. */
export interface Owner {
  /** The user's id. */
  readonly id: string;
  /** The user's {@link epochOf} when the token was issued. */
  readonly epoch: string;
}

/** On whose behalf something is done. Never optional, so that a caller cannot forget it. */
export type Actor = Owner | typeof ANYBODY;

/** Of users who still have their first login and password. */
export const FIRST_EPOCH = "0";

/** Changes with each new login or password. */
export function epochOf({ epoch = FIRST_EPOCH }: Pick<UserItem, "epoch">): string {
  return epoch;
}

/** Whether the actor is the user, by a token issued since login and password last changed. */
export function isOwner(actor: Actor | undefined, user: Pick<UserItem, "id" | "epoch">): boolean {
  if (actor === undefined || actor === ANYBODY) return false;
  return actor.id === user.id && actor.epoch === epochOf(user);
}

/** @throws DomainError `forbidden` unless the actor is the user or {@link ANYBODY} */
export function checkIdentity(actor: Actor, userId: string): void {
  if (actor === ANYBODY || actor.id === userId) return;
  throw new DomainError("forbidden", "The token is another user's.");
}

/** @throws DomainError `unauthenticated` for a token from before a change of login or password */
export function checkEpoch(actor: Actor, user: Pick<UserItem, "epoch">): void {
  if (actor === ANYBODY || actor.epoch === epochOf(user)) return;
  throw new DomainError(
    "unauthenticated",
    "The login or the password was changed since the token was made.",
  );
}
