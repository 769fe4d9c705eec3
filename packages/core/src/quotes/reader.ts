import { type Kysely, sql } from "kysely";

/** The role of RDS whose members log in with an IAM token. */
const IAM = "rds_iam";

/**
 * Creates a role that may log in and read the quotes, and nothing else. It has no password: on RDS
 * it logs in by IAM, elsewhere whoever uses it sets one.
 * @param db a single connection as the tables' owner
 */
export async function grantReading<Tables>(db: Kysely<Tables>, reader: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const role = sql.id(reader);
    // Of two collectors that grant at once Postgres would refuse one.
    await sql`select pg_advisory_xact_lock(hashtext('steadfast reader'))`.execute(transaction);
    if (!(await exists(transaction, reader))) {
      await sql`create role ${role} login`.execute(transaction);
      await sql`alter role ${role} set default_transaction_read_only = on`.execute(transaction);
      if (await exists(transaction, IAM)) {
        await sql`grant ${sql.id(IAM)} to ${role}`.execute(transaction);
      }
    }
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(
      transaction,
    );
    const database = sql.id(rows[0]?.name ?? "");
    // Postgres lets everybody create temporary tables, and before version 15 any table.
    await sql`revoke temporary on database ${database} from public`.execute(transaction);
    await sql`revoke create on schema public from public`.execute(transaction);
    await sql`grant connect on database ${database} to ${role}`.execute(transaction);
    await sql`grant usage on schema public to ${role}`.execute(transaction);
    await sql`grant select on bitcoin_quotes to ${role}`.execute(transaction);
  });
}

async function exists<Tables>(db: Kysely<Tables>, role: string): Promise<boolean> {
  const { rows } = await sql`select from pg_roles where rolname = ${role}`.execute(db);
  return rows.length > 0;
}
