export { Database, type DatabaseOptions, type TableNames } from "./dynamodb/database.ts";
export { ItemTexts } from "./dynamodb/item-text.ts";
export { type TableDefinition, type TableName, tables, USER_ID_INDEX } from "./dynamodb/tables.ts";
export { DomainError, type DomainErrorKind } from "./errors.ts";
export { findLink, linkProperties, readLink } from "./links.ts";
export { Passwords, type PasswordsOptions } from "./passwords/passwords.ts";
export { decodeCursor, encodeCursor } from "./posts/cursor.ts";
export { Post, PostChange, type PostInput, type PostPosition } from "./posts/post.ts";
export { Posts, type PostsOptions } from "./posts/posts.ts";
// #region quotes
// The rest is in "@steadfast/core/quotes", which loads a driver that most processes don't need.
export { decodeQuoteCursor, encodeQuoteCursor, type QuotePosition } from "./quotes/cursor.ts";
export { DEFAULT_MARKET, type Market, Quote, SYMBOL } from "./quotes/quote.ts";
export { type PostgresSettings, readPostgresSettings } from "./quotes/settings.ts";
// #endregion quotes
export { Removals, type RemovalsOptions } from "./removals/removals.ts";
export { Sweeper, type SweeperOptions, type Swept } from "./removals/sweeper.ts";
export { FORMATS, Id, isMoment, LINE, OneOf, TEXT, Timestamp, UUID } from "./text.ts";
export { type Actor, ANYBODY, FIRST_EPOCH, type Owner } from "./users/actor.ts";
export { LOGIN_PATTERN, User, UserChange, UserInput } from "./users/user.ts";
export { Users, type UsersOptions } from "./users/users.ts";
