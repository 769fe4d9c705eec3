export * from "./dynamodb/tables.ts";
