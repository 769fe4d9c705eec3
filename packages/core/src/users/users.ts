import { randomBytes, randomUUIDv7 } from "node:crypto";
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import type { Database } from "../dynamodb/database.ts";
import type { Deadline } from "../dynamodb/deadline.ts";
import { cancellationReasons } from "../dynamodb/errors.ts";
import { DomainError } from "../errors.ts";
import { isSamePassword, type Passwords } from "../passwords/passwords.ts";
import { checkPassword } from "../passwords/rules.ts";
import type { Removals } from "../removals/removals.ts";
import {
  type Actor,
  ANYBODY,
  checkEpoch,
  checkIdentity,
  epochOf,
  isOwner,
  type Owner,
} from "./actor.ts";
import { isKnown, withNetwork } from "./networks.ts";
import * as requests from "./requests.ts";
import {
  foldLogin,
  type LoginItem,
  type User,
  type UserChange,
  type UserInput,
  type UserItem,
} from "./user.ts";

export interface UsersOptions {
  database: Database;
  passwords: Passwords;
  /** Where removals are recorded. */
  removals: Removals;
}

/** Unlike a UUIDv7 it has no version. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Most restarts of a removal because the user changed meanwhile. */
const REMOVE_ATTEMPTS = 5;

/**
 * Users and their logins. A login belongs to one user, regardless of case: both are written in one
 * transaction.
 *
 * Every method throws a {@link DomainError} `throttled` or `unavailable` when the database cannot
 * serve it.
 */
export class Users {
  readonly #database: Database;
  readonly #passwords: Passwords;
  readonly #removals: Removals;

  constructor({ database, passwords, removals }: UsersOptions) {
    this.#database = database;
    this.#passwords = passwords;
    this.#removals = removals;
  }

  /**
   * Registers a user.
   * @throws DomainError `conflict` when the login is taken; `invalid` when the password is common
   *   or equals the login; `limited` when too many users register
   */
  async create({ name, login, password }: UserInput): Promise<Required<User>> {
    await checkPassword(password, login);
    const item: UserItem = {
      id: randomUUIDv7(),
      name,
      login,
      password: await this.#passwords.hash(password, "registration"),
      created: new Date().toISOString(),
    };
    try {
      await this.#database.transactWrite(requests.createUser(this.#database.tables, item));
    } catch (error) {
      // The id is new: an earlier copy of this transaction succeeded and its answer was lost.
      if (!failedAt(error, requests.PUT_USER)) {
        throw failedAt(error, requests.TAKE_LOGIN) ? loginTaken(login) : error;
      }
    }
    return { id: item.id, name, login };
  }

  /**
   * Reads a user. A miss is read again with strong consistency: a new user is found at once, and
   * hits cost half.
   * @param reader who asks; only the user and {@link ANYBODY} see the login
   * @throws DomainError `not_found`
   */
  async get(id: string, reader?: Actor): Promise<User> {
    const deadline = this.#database.deadline();
    const item = (await this.#read(id, false, deadline)) ?? (await this.#read(id, true, deadline));
    if (!item) throw noUser(id);
    const { name, login } = item;
    return reader === ANYBODY || isOwner(reader, item) ? { id, name, login } : { id, name };
  }

  /**
   * Replaces name, login and password. A new login or password requires the current password and
   * invalidates all earlier tokens. Of two concurrent changes exactly one succeeds.
   * @param actor who asks; {@link ANYBODY} needs no password
   * @throws DomainError `not_found`; `forbidden`, for the field `current_password` when it is
   *   wrong; `unauthenticated`; `conflict` when the login is taken or the user changed meanwhile
   */
  async update(id: string, input: UserChange, actor: Actor): Promise<Required<User>> {
    checkIdentity(actor, id);
    const current = await this.#read(id, true);
    if (!current) throw noUser(id);
    checkEpoch(actor, current);
    const changes = await this.#changesOf(current, input, actor);
    const { tables } = this.#database;
    try {
      if (foldLogin(input.login) === foldLogin(current.login)) {
        await this.#database.update(requests.updateUser(tables, current, changes));
      } else {
        await this.#database.transactWrite(requests.renameUser(tables, current, changes));
      }
    } catch (error) {
      if (!conditionFailed(error)) throw error;
      const stored = await this.#read(id, true);
      // The epoch is unique: an earlier copy of this change succeeded.
      const done = changes.epoch !== current.epoch && stored?.epoch === changes.epoch;
      if (!done) {
        if (failedAt(error, requests.TAKE_LOGIN)) throw loginTaken(input.login);
        throw stored ? changedMeanwhile(error) : noUser(id);
      }
    }
    return { id, name: input.name, login: input.login };
  }

  /**
   * Removes a user and their login and records the sweep of their posts. Resolves once every
   * process hides those.
   * @throws DomainError `not_found`; `forbidden`; `unauthenticated`
   */
  async remove(id: string, actor: Actor): Promise<void> {
    checkIdentity(actor, id);
    if (!(await this.#removeUserAndLogin(id, actor))) throw noUser(id);
    await this.#removals.announce();
  }

  /**
   * Verifies a login and password, in the same time whether or not the login exists.
   * @param network where the request comes from; remembered on success
   * @returns the user, or `undefined` when the login or password is wrong
   * @throws DomainError `limited` when too many passwords are being verified
   */
  async verify(login: string, password: string, network?: string): Promise<Owner | undefined> {
    const deadline = this.#database.deadline();
    const { tables } = this.#database;
    const owner = await this.#database.get<LoginItem>(requests.getLogin(tables, login), deadline);
    const item = await this.#read(owner?.user_id ?? NOBODY, true, deadline);
    const verified = await this.#passwords.verify(password, item?.password);
    if (!verified || !item || !owner) return undefined;
    if (network !== undefined) await this.#remember(owner, network);
    if (this.#passwords.isOutdated(item.password)) await this.#renewPassword(item, password);
    return { id: item.id, epoch: epochOf(item) };
  }

  /** Whether the login recently succeeded from this network. */
  async isKnown(login: string, network: string): Promise<boolean> {
    const request = requests.getLogin(this.#database.tables, login);
    const item = await this.#database.get<LoginItem>(request);
    return item !== undefined && isKnown(item, network);
  }

  /** The same, by the user's id. */
  async isUserKnown(id: string, network: string): Promise<boolean> {
    const user = await this.#read(id, false);
    return user !== undefined && this.isKnown(user.login, network);
  }

  /** @throws DomainError `forbidden` when the current password is not proven; `invalid` */
  async #changesOf(
    current: UserItem,
    input: UserChange,
    actor: Actor,
  ): Promise<requests.NewFields> {
    const { name, login, password, current_password = password } = input;
    const known =
      actor !== ANYBODY && (await this.#passwords.verify(current_password, current.password));
    if (!known && actor !== ANYBODY) throw wrongPassword();
    const samePassword = known && isSamePassword(password, current_password);
    if (samePassword && foldLogin(login) === foldLogin(current.login)) {
      return { name, login, password: current.password, epoch: epochOf(current) };
    }
    if (!samePassword) await checkPassword(password, login);
    const hash = samePassword ? current.password : await this.#passwords.hash(password);
    return { name, login, password: hash, epoch: randomBytes(9).toString("base64url") };
  }

  #read(id: string, consistent: boolean, deadline?: Deadline): Promise<UserItem | undefined> {
    return this.#database.get(requests.getUser(this.#database.tables, id, consistent), deadline);
  }

  /** @returns whether there was a user to remove */
  async #removeUserAndLogin(id: string, actor: Actor): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      const current = await this.#read(id, true);
      // Removed by somebody else, or by an earlier copy whose answer was lost.
      if (!current) return attempt > 1;
      checkEpoch(actor, current);
      try {
        const record = this.#removals.record(id);
        const request = requests.removeUser(this.#database.tables, current, record);
        await this.#database.transactWrite(request);
        return true;
      } catch (error) {
        // Changed or removed since it was read.
        if (!conditionFailed(error)) throw error;
        if (attempt === REMOVE_ATTEMPTS) throw changedMeanwhile(error);
      }
    }
  }

  async #remember(owner: LoginItem, network: string): Promise<void> {
    if (isKnown(owner, network)) return;
    const { tables } = this.#database;
    const request = requests.rememberNetworks(tables, owner, withNetwork(owner, network));
    await onTheWay(this.#database.update(request));
  }

  async #renewPassword(item: UserItem, password: string): Promise<void> {
    const renew = async () => {
      const hash = await this.#passwords.hash(password);
      await this.#database.update(requests.renewPassword(this.#database.tables, item, hash));
    };
    await onTheWay(renew());
  }
}

/** Side effects of a login must not fail it; the next login retries them. */
async function onTheWay(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (error instanceof DomainError || error instanceof ConditionalCheckFailedException) return;
    throw error;
  }
}

function conditionFailed(error: unknown): boolean {
  if (error instanceof ConditionalCheckFailedException) return true;
  return (
    error instanceof TransactionCanceledException &&
    cancellationReasons(error).includes("ConditionalCheckFailed")
  );
}

function failedAt(error: unknown, action: number): boolean {
  return (
    error instanceof TransactionCanceledException &&
    cancellationReasons(error)[action] === "ConditionalCheckFailed"
  );
}

function wrongPassword(): DomainError {
  return new DomainError("forbidden", "The current password is wrong.", {
    field: "current_password",
  });
}

function noUser(id: string): DomainError {
  return new DomainError("not_found", `There is no user ${id}.`);
}

function loginTaken(login: string): DomainError {
  return new DomainError("conflict", `The login ${login} is taken.`, { field: "login" });
}

function changedMeanwhile(cause: unknown): DomainError {
  return new DomainError("conflict", "The user was changed meanwhile; read it and try again.", {
    cause,
  });
}
