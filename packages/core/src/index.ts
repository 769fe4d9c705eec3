export { Database, type DatabaseOptions, type TableNames } from "./dynamodb/database.ts";
export { type TableDefinition, type TableName, tables, USER_ID_INDEX } from "./dynamodb/tables.ts";
export { DomainError, type DomainErrorKind } from "./errors.ts";
export { findLink, linkProperties, readLink } from "./links.ts";
export { Passwords, type PasswordsOptions } from "./passwords/passwords.ts";
export { decodeCursor, encodeCursor } from "./posts/cursor.ts";
export type { Post, PostPosition } from "./posts/post.ts";
export { Posts, type PostsOptions } from "./posts/posts.ts";
// The rest is in "@steadfast/core/quotes", which loads a driver that most processes don't need.
export { decodeQuoteCursor, encodeQuoteCursor, type QuotePosition } from "./quotes/cursor.ts";
export { DEFAULT_MARKET, type Market, type Quote } from "./quotes/quote.ts";
export { type PostgresSettings, readPostgresSettings } from "./quotes/settings.ts";
export { Removals, type RemovalsOptions } from "./removals/removals.ts";
export { Sweeper, type SweeperOptions, type Swept } from "./removals/sweeper.ts";
export { type Actor, ANYBODY, FIRST_EPOCH, type Owner } from "./users/actor.ts";
export { LOGIN_PATTERN, type User, type UserChange, type UserInput } from "./users/user.ts";
export { Users, type UsersOptions } from "./users/users.ts";
