import { DomainError } from "../errors.ts";
import type { UserItem } from "./user.ts";

/** Stands for everybody: whoever acts for it may change what they like (`API_AUTH=open`). */
export const ANYBODY: unique symbol = Symbol("anybody");

/** A user who has logged in, as their token says. */
export interface Owner {
  /** The user's id. */
  readonly id: string;
  /** The user's {@link epochOf} when the token was made. */
  readonly epoch: string;
}

/** On whose behalf something is done. Never optional: a caller that forgets it does not compile. */
export type Actor = Owner | typeof ANYBODY;

/** The epoch of users whose login and password are those that they registered with. */
export const FIRST_EPOCH = "0";

/** A user's epoch: another one after each change of login or password. */
export function epochOf({ epoch = FIRST_EPOCH }: Pick<UserItem, "epoch">): string {
  return epoch;
}

/** Whether an actor is the user, by a token that was made since login and password last changed. */
export function isOwner(actor: Actor | undefined, user: Pick<UserItem, "id" | "epoch">): boolean {
  if (actor === undefined || actor === ANYBODY) return false;
  return actor.id === user.id && actor.epoch === epochOf(user);
}

/** @throws DomainError `forbidden` unless the user is the actor, or anybody may act */
export function checkIdentity(actor: Actor, userId: string): void {
  if (actor === ANYBODY || actor.id === userId) return;
  throw new DomainError("forbidden", "The token is another user's.");
}

/** @throws DomainError `unauthenticated` when the token is from before a change of login or password */
export function checkEpoch(actor: Actor, user: Pick<UserItem, "epoch">): void {
  if (actor === ANYBODY || actor.epoch === epochOf(user)) return;
  throw new DomainError(
    "unauthenticated",
    "The login or the password was changed since the token was made.",
  );
}
