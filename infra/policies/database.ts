import { APP, type Grants } from "./grant.ts";

/** The quotes' database. */
export const database: Grants = {
  Databases: {
    on: ["db", "pg", "snapshot", "subgrp"].map((kind) => `arn:aws:rds:*:*:${kind}:${APP}-*`),
    calls: {
      rds: `CreateDBInstance ModifyDBInstance RebootDBInstance DeleteDBInstance CreateDBSnapshot ListTagsForResource
        AddTagsToResource RemoveTagsFromResource CreateDBSubnetGroup ModifyDBSubnetGroup DeleteDBSubnetGroup
        DescribeDBSubnetGroups CreateDBParameterGroup ModifyDBParameterGroup ResetDBParameterGroup DeleteDBParameterGroup
        DescribeDBParameterGroups DescribeDBParameters`,
    },
  },
  // An instance has an option group even when nobody names one.
  DefaultOptions: {
    on: ["arn:aws:rds:*:*:og:default:*"],
    calls: { rds: "CreateDBInstance ModifyDBInstance" },
  },
  DatabasesRead: {
    // RDS is asked by an ID of its own, and keys of AWS's services have IDs for names.
    on: ["arn:aws:rds:*:*:db:*", "arn:aws:kms:*:*:key/*"],
    calls: { rds: "DescribeDBInstances", kms: "DescribeKey" },
  },
  // RDS makes it, for who makes the instance, and names it so.
  MasterPassword: {
    on: ["arn:aws:secretsmanager:*:*:secret:rds!*"],
    calls: { secretsmanager: "CreateSecret TagResource" },
  },
};
